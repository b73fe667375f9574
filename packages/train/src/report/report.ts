/** report.html: what a run did, in one file that needs nothing else. */
import type { ScoreRow } from "../run/reporter.ts";
import type { MetricsLine } from "../run/metrics-log.ts";
import { lossChart } from "./loss-chart.ts";

export interface ReportContents {
  readonly name: string;
  readonly facts: readonly (readonly [string, string])[];
  readonly metrics: readonly MetricsLine[];
  readonly scores: readonly { readonly set: string; readonly rows: readonly ScoreRow[] }[];
  readonly gallery: Gallery | undefined;
  readonly config: string;
  /** Credits that must be shown with the data. */
  readonly credits: readonly string[];
}

/** Validation images, each with the captions that the model finds nearest. */
export interface Gallery {
  readonly set: string;
  readonly items: readonly {
    /** A `data:` URL. */
    readonly image: string;
    readonly caption: string;
    readonly nearest: readonly { readonly caption: string; readonly score: number; readonly isTrue: boolean }[];
  }[];
}

/** The page as text. */
export function renderReport(contents: ReportContents): string {
  const { name, facts, metrics, scores, gallery, config, credits } = contents;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(name)}</title>
<style>${STYLE}</style>
<h1>${escape(name)}</h1>
<dl>${facts.map(([term, value]) => `<dt>${escape(term)}</dt><dd>${escape(value)}</dd>`).join("")}</dl>
<h2>Loss</h2>
<figure>${lossChart(metrics)}</figure>
${scores.length === 0 ? "" : `<h2>Validation</h2>${scores.map(scoreTable).join("\n")}`}
${gallery === undefined ? "" : galleryGrid(gallery)}
<h2>Configuration</h2>
<details><summary>The resolved configuration</summary><pre>${escape(config)}</pre></details>
${credits.length === 0 ? "" : `<footer>${credits.map((line) => `<p>${escape(line)}</p>`).join("")}</footer>`}
</html>
`;
}

function scoreTable({ set, rows }: ReportContents["scores"][number]): string {
  const compared = rows.some(({ baseline }) => baseline !== undefined);
  const head = `<tr><th>${escape(set)}</th><th>model</th>${compared ? "<th>untrained baseline</th>" : ""}</tr>`;
  const body = rows.map(({ name, value, baseline }) => {
    const cell = compared ? `<td>${baseline === undefined ? "" : baseline.toFixed(2)}</td>` : "";
    return `<tr><td>${escape(name)}</td><td>${value.toFixed(2)}</td>${cell}</tr>`;
  });
  return `<table>${head}${body.join("")}</table>`;
}

function galleryGrid({ set, items }: Gallery): string {
  const cards = items.map(
    ({ image, caption, nearest }) =>
      `<article><img src="${image}" alt="${escape(caption)}" width="64" height="64"><div><b>${escape(caption)}</b><ol>${nearest
        .map(
          (hit) =>
            `<li${hit.isTrue ? ' class="hit"' : ""}>${escape(hit.caption)} <small>${hit.score.toFixed(2)}</small></li>`,
        )
        .join("")}</ol></div></article>`,
  );
  return `<h2>Images of "${escape(set)}" and the captions that the model finds nearest</h2><p>In bold the true caption; green where the model finds it. Numbers are cosines.</p><section class="gallery">${cards.join("")}</section>`;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

const STYLE = `
:root { color-scheme: light dark; --ink: #1d2733; --faint: #8a97a6; --line: #d9dfe6; --accent: #1769aa; --good: #1b7f4d; --ground: #fff; }
@media (prefers-color-scheme: dark) { :root { --ink: #e5eaf0; --faint: #8a97a6; --line: #35404d; --accent: #6db3f2; --good: #5bc98c; --ground: #12181f; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--ground); max-width: 900px; margin: 2rem auto; padding: 0 1rem; }
h1 { margin-bottom: .2rem; } h2 { margin-top: 2.2rem; font-size: 1.15rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; } dt { color: var(--faint); } dd { margin: 0; }
figure { margin: 0; } svg { width: 100%; height: auto; font-size: 11px; } svg text { fill: var(--faint); } .grid { stroke: var(--line); }
.raw { fill: none; stroke: var(--accent); opacity: .25; } .smooth { fill: none; stroke: var(--accent); stroke-width: 2; }
table { border-collapse: collapse; margin: .6rem 1.5rem .6rem 0; } th, td { text-align: right; padding: .25rem .8rem; border-bottom: 1px solid var(--line); font-variant-numeric: tabular-nums; }
th:first-child, td:first-child { text-align: left; }
.gallery { display: grid; grid-template-columns: repeat(auto-fill, minmax(260px, 1fr)); gap: .8rem; }
article { display: flex; gap: .8rem; align-items: center; border: 1px solid var(--line); border-radius: 8px; padding: .6rem; }
article img { image-rendering: pixelated; background: #fff; border-radius: 4px; } ol { margin: 0; padding-left: 1.2rem; } small { color: var(--faint); } .hit { color: var(--good); font-weight: 600; }
pre { overflow-x: auto; font-size: 12px; } footer { margin-top: 2.5rem; color: var(--faint); font-size: 12px; }
`;
