/** Hugging Face's tokenizer library behind the few calls that we make, and the settings that it is opened with. */
import { Tokenizer as Backend } from "@huggingface/tokenizers";
import { L3mError } from "@l3m/errors";
import { z } from "zod";
import type { HuggingFaceFiles } from "./hugging-face-files.ts";

/** The part of the library that is used. */
export interface TextBackend {
  encode(text: string, options?: { add_special_tokens?: boolean }): { readonly ids: number[] };
  decode(ids: number[], options: { skip_special_tokens: boolean; clean_up_tokenization_spaces: boolean }): string;
  token_to_id(token: string): number | undefined;
  get_vocab(): Map<string, number>;
}

const tokenText = z.union([z.string(), z.looseObject({ content: z.string() }).transform(({ content }) => content)]);

const tokenizerSchema = z.looseObject({
  added_tokens: z.array(z.looseObject({ id: z.int(), content: z.string() })).default([]),
  normalizer: z.unknown().default(null),
  pre_tokenizer: z.unknown().default(null),
  post_processor: z.looseObject({ type: z.string() }).nullish(),
  decoder: z.unknown().default(null),
  model: z.looseObject({ type: z.string().nullish(), unk_token: z.string().nullish() }),
});

const configSchema = z.looseObject({
  pad_token: tokenText.nullish(),
  bos_token: tokenText.nullish(),
  eos_token: tokenText.nullish(),
  unk_token: tokenText.nullish(),
  add_bos_token: z.boolean().nullish(),
  model_max_length: z.number().nullish(),
});

/** The checked contents of the two files. */
export interface TokenizerSettings {
  /** The path of `tokenizer.json`. */
  readonly file: string;
  readonly json: z.infer<typeof tokenizerSchema>;
  readonly config: z.infer<typeof configSchema>;
}

/** Checks the files. Throws `L3M_BAD_TOKENIZER`. */
export function readSettings({ file, tokenizer, config }: HuggingFaceFiles): TokenizerSettings {
  return { file, json: checked(tokenizerSchema, tokenizer, file), config: checked(configSchema, config, file) };
}

/** Opens the library's tokenizer, with special tokens added that its vocabulary lacks. Throws `L3M_BAD_TOKENIZER`. */
export function openBackend({ file, json, config }: TokenizerSettings, added: readonly string[]): TextBackend {
  const special = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
  // the library knows a word-level vocabulary as "Legacy"
  const model = json.model.type === "WordLevel" ? { ...json.model, type: "Legacy" } : json.model;
  try {
    const unk_token = config.unk_token ?? json.model.unk_token ?? undefined;
    const open = (added_tokens: typeof json.added_tokens): TextBackend =>
      new Backend(
        { ...json, post_processor: json.post_processor ?? null, model, added_tokens },
        { ...config, unk_token },
      );
    const plain = open(json.added_tokens);
    const fresh = added.filter((content) => plain.token_to_id(content) === undefined);
    if (fresh.length === 0) return plain;
    const first = Math.max(...plain.get_vocab().values()) + 1;
    return open([...json.added_tokens, ...fresh.map((content, i) => ({ ...special, content, id: first + i }))]);
  } catch (cause) {
    throw badTokenizer(file, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function checked<S extends z.ZodType>(schema: S, value: unknown, file: string): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw badTokenizer(file, `${issue?.path.join(".") ?? ""}: ${issue?.message ?? "unexpected content"}`, parsed.error);
}

function badTokenizer(file: string, got: string, cause: unknown): L3mError {
  return new L3mError("L3M_BAD_TOKENIZER", {
    message: "This tokenizer cannot be used.",
    where: { file },
    expected: "a tokenizer.json of Hugging Face's tokenizers, with its tokenizer_config.json beside it",
    got,
    cause,
  });
}
