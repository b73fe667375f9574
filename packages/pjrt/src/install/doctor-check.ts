/** One line of `l3m engine doctor`. */
export interface DoctorCheck {
  readonly name: string;
  readonly ok: boolean;
  /** What was found. */
  readonly why: string;
  /** What to do when it is not ok. */
  readonly fix?: string;
}
