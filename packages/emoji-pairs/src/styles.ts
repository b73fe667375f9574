/** The sets of emoji art, one per style, and what their licences ask for. */

/** One set of emoji art. */
export interface Style {
  /** Name of the set in `@iconify-json/<name>`. */
  readonly name: string;
  readonly title: string;
  readonly author: string;
  readonly license: string;
  readonly url: string;
}

/** The four styles that training sees. */
export const TRAINING_STYLES: readonly Style[] = [
  {
    name: "noto",
    title: "Noto Emoji",
    author: "Google",
    license: "Apache-2.0",
    url: "https://github.com/googlefonts/noto-emoji",
  },
  {
    name: "twemoji",
    title: "Twitter Emoji",
    author: "Twitter",
    license: "CC-BY-4.0",
    url: "https://github.com/twitter/twemoji",
  },
  {
    name: "emojione",
    title: "Emoji One (Colored), EmojiTwo",
    author: "Emoji One",
    license: "CC-BY-4.0",
    url: "https://github.com/EmojiTwo/emojitwo",
  },
  {
    name: "noto-v1",
    title: "Noto Emoji (v1)",
    author: "Google",
    license: "Apache-2.0",
    url: "https://github.com/googlefonts/noto-emoji",
  },
];

/** The style that only tests see. */
export const TEST_STYLE: Style = {
  name: "fluent-emoji-flat",
  title: "Fluent Emoji Flat",
  author: "Microsoft Corporation",
  license: "MIT",
  url: "https://github.com/microsoft/fluentui-emoji",
};

/** All styles in the order of their numbers: the training styles are 0..3, the test style is 4. */
export const STYLES: readonly Style[] = [...TRAINING_STYLES, TEST_STYLE];

/** Number of the test style in {@link STYLES}. */
export const TEST_STYLE_INDEX = STYLES.length - 1;

/** The attribution that has to stand wherever images of these sets are shown (CC-BY-4.0), in one line of plain text. */
export const ATTRIBUTION = `Emoji art: ${STYLES.map((style) => `${style.title} by ${style.author} (${style.license}, ${style.url})`).join("; ")}. Rasterised, otherwise unchanged.`;
