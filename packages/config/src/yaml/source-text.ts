/** A file's text with positions: offsets to line and column, and the line with a caret that errors show. */
import { LineCounter } from "yaml";
import type { SourcePlace } from "../tree/config-node.ts";

/** One YAML text. `file` is the name that messages show; `"command line"` texts get no line and column. */
export class SourceText {
  readonly file: string;
  readonly text: string;
  /** Filled by the YAML parser. */
  readonly lineCounter = new LineCounter();
  private readonly hasLines: boolean;

  constructor(file: string, text: string, hasLines = true) {
    this.file = file;
    this.text = text;
    this.hasLines = hasLines;
  }

  /** The place of a character offset; lines and columns start at 1. */
  place(offset: number): SourcePlace {
    if (!this.hasLines) return { file: this.file };
    const { line, col } = this.lineCounter.linePos(Math.min(offset, this.text.length));
    return { file: this.file, line: Math.max(line, 1), column: Math.max(col, 1) };
  }

  /** The line of an offset with a caret under it. */
  caret(offset: number): string {
    const clamped = Math.min(offset, this.text.length);
    const start = this.text.lastIndexOf("\n", clamped - 1) + 1;
    const end = this.text.indexOf("\n", clamped);
    const line = this.text
      .slice(start, end === -1 ? undefined : end)
      .replaceAll("\t", " ")
      .trimEnd();
    const number = this.hasLines ? `${this.place(offset).line ?? 1}` : "";
    return `\n    ${number} | ${line}\n    ${" ".repeat(number.length)} | ${" ".repeat(clamped - start)}^`;
  }
}
