import { drawChart } from './chart.ts';
import { bestOf, type Curve, curvesOf, thin } from './curves.ts';
import type { ReportData, ReportSetting } from './data.ts';
import { Html, html } from './html.ts';
import { type ReportNumbers, reportNumbers } from './numbers.ts';
import { samplesSection } from './samples.ts';
import { scaleOf } from './scale.ts';
import { reportStyle } from './style.ts';
import { type ReportWords, reportWords } from './words.ts';

/** Rows of the table beneath a chart. */
const NUMBERS = 40;

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** The parts of a page, and what all of them need. */
class Page {
  readonly #data: ReportData;
  readonly #words: ReportWords;
  readonly #numbers: ReportNumbers;
  readonly #curves: readonly Curve[];

  constructor(data: ReportData) {
    this.#data = data;
    this.#words = reportWords[data.language];
    this.#numbers = reportNumbers(data.language);
    this.#curves = curvesOf(data.metrics, data.watched.metric);
  }

  #nameOf(figure: string): string {
    const { figureNames } = this.#data;
    return Object.hasOwn(figureNames, figure) ? (figureNames[figure] as string) : figure;
  }

  /** As it stands alone: words begin large, names of the program stay what they are. */
  #titleOf(figure: string): string {
    const name = this.#nameOf(figure);
    return name === figure && this.#data.language === 'es' ? name : capital(name);
  }

  /** What a curve shows, in a sentence or two. */
  #describe({ figure, smooth, validation }: Curve): string {
    const { watched, step } = this.#data;
    const words = this.#words;
    const { figure: number, integer } = this.#numbers;
    const points = smooth.length > 1 ? smooth : validation;
    const [from, to] = [number(points[0]?.[1] ?? Number.NaN), number(points.at(-1)?.[1] ?? Number.NaN)];
    const sentences = [from === to ? words.always(to) : words.fromTo(from, to, integer(step))];
    const best = figure === watched.metric ? bestOf(validation, watched.mode) : undefined;
    if (best) sentences.push(words.bestAt(number(best[1]), integer(best[0])));
    return sentences.join(' ');
  }

  #stats(): Html {
    const { watched, step, steps, seconds, parameters, device } = this.#data;
    const words = this.#words;
    const { figure, integer, duration } = this.#numbers;
    const curve = this.#curves.find((each) => each.figure === watched.metric);
    const name = this.#nameOf(watched.metric);
    const best = curve && bestOf(curve.validation, watched.mode);
    const last = curve?.smooth.at(-1);
    const stat = (label: string, value: string, more = '') =>
      html`<div><dt>${label}</dt><dd>${value}</dd>${more !== '' && html`<dd class="s2">${more}</dd>`}</div>`;
    return html`<h2 class="sr">${words.summary}</h2><dl class="stats">
${stat(words.step, integer(step), words.ofSteps(integer(steps)))}
${best && stat(words.best(name), figure(best[1]), words.atStep(integer(best[0])))}
${!best && last && stat(words.last(name), figure(last[1]), words.ofTraining)}
${stat(words.time, duration(seconds), step > 0 ? words.perStep(duration(seconds / step)) : '')}
${stat(words.parameters, integer(parameters), words.parametersOf)}
${stat(words.device, device)}
</dl>`;
  }

  #head(): Html {
    const { recipe, data, title, produces, end, step, steps } = this.#data;
    const words = this.#words;
    const done = Math.min(1, step / Math.max(1, steps));
    const tag =
      end === 'finished'
        ? html`<p class="tag ok">${words.finished}</p>`
        : html`<p class="tag">${words.stopped}</p>`;
    return html`<div class="head"><div><p class="where">${recipe} · ${data.name}</p><h1>${capital(title)}</h1>
<p class="lead">${words.learned(data.name, data.about)}${produces !== '' && ` ${words.makes(produces)}`}</p></div>${tag}</div>
<div class="wick" aria-hidden="true" style="--p:${(100 * done).toFixed(2)}%"></div>`;
  }

  #chart(curve: Curve, large: boolean): Html {
    const { steps, step } = this.#data;
    const words = this.#words;
    const name = this.#titleOf(curve.figure);
    const description = this.#describe(curve);
    const scale = scaleOf(curve, 5).logarithmic ? `, ${words.logarithmic}` : '';
    const options = { steps, step, numbers: this.#numbers, words, large };
    return html`<figure class="chart"><h3>${name}<small>${words.byStep}${scale}</small></h3>
${drawChart(curve, { ...options, description: `${name}${scale}. ${description}` })}
<p>${description}</p>${this.#numbersOf(curve, name)}</figure>`;
  }

  /** What the chart shows, to be read. */
  #numbersOf(curve: Curve, name: string): Html {
    const words = this.#words;
    const { figure, integer } = this.#numbers;
    const training = new Map(curve.smooth);
    const rows = thin(curve.validation.length > 1 ? curve.validation : curve.smooth, NUMBERS).map(
      ([at]) => at,
    );
    const validation = new Map(curve.validation);
    const columns = [
      { head: words.training, values: training, there: curve.smooth.length > 0 },
      { head: words.validation, values: validation, there: curve.validation.length > 0 },
    ].filter(({ there }) => there);
    const cell = (value: number | undefined) =>
      html`<td class="n">${value === undefined ? '—' : figure(value)}</td>`;
    return html`<details><summary>${words.numbers}<span class="sr">: ${name}</span></summary><div class="scroll" tabindex="0" role="region" aria-label="${words.numbersOf(name)}"><table>
<thead><tr><th scope="col">${words.step}</th>${columns.map(({ head }) => html`<th scope="col" class="n">${head}</th>`)}</tr></thead>
<tbody>${rows.map((step) => html`<tr><th scope="row">${integer(step)}</th>${columns.map(({ values }) => cell(values.get(step)))}</tr>`)}</tbody></table></div></details>`;
  }

  #charts(): Html | null {
    const words = this.#words;
    const [first, ...others] = this.#curves;
    if (!first) return null;
    const validated = this.#curves.some(({ validation }) => validation.length > 0);
    return html`<section aria-labelledby="curves"><div class="sec"><h2 id="curves">${words.curves}</h2><ul class="keys"><li>${words.training}</li><li class="kr">${words.raw}</li>${validated && html`<li class="kv">${words.validation}</li>`}</ul></div>
${this.#chart(first, true)}
${others.length > 0 && html`<div class="small-charts">${others.map((curve) => this.#chart(curve, false))}</div>`}</section>`;
  }

  #figures(): Html | null {
    const words = this.#words;
    const { figure } = this.#numbers;
    if (this.#curves.length === 0) return null;
    const cell = (points: Curve['raw']) => {
      const last = points.at(-1);
      return html`<td class="n">${last ? figure(last[1]) : '—'}</td>`;
    };
    const rows = this.#curves.map(
      (curve) =>
        html`<tr><th scope="row">${this.#titleOf(curve.figure)}${curve.figure === this.#data.watched.metric && html` <span class="tag">${words.watched}</span>`}</th>${cell(curve.smooth)}${cell(curve.validation)}</tr>`,
    );
    return html`<section aria-labelledby="figures"><div class="sec"><h2 id="figures">${words.figures}</h2><p class="muted">${words.atEnd}</p></div><table>
<thead><tr><th scope="col">${words.figure}</th><th scope="col" class="n">${words.training}</th><th scope="col" class="n">${words.validation}</th></tr></thead><tbody>${rows}</tbody></table></section>`;
  }

  #settings(group: string, settings: readonly ReportSetting[]): Html {
    const words = this.#words;
    const title = Object.hasOwn(words.groups, group) ? words.groups[group] : group;
    const rows = settings.map(({ path, value, standard }) => {
      const changed = standard !== undefined;
      return html`<tr><th scope="row"><code>${path}</code></th><td class="n"><code${new Html(changed ? ' class="changed"' : '')}>${value}</code>${changed && html`<span class="instead">${words.instead(standard)}</span>`}</td></tr>`;
    });
    return html`<table><caption>${title}</caption><thead><tr><th scope="col">${words.setting}</th><th scope="col" class="n">${words.value}</th></tr></thead><tbody>${rows}</tbody></table>`;
  }

  #configuration(): Html {
    const groups = new Map<string, ReportSetting[]>();
    for (const setting of this.#data.settings) {
      const group = setting.path.split('.')[0] as string;
      const own = groups.get(group);
      if (own) own.push(setting);
      else groups.set(group, [setting]);
    }
    const tables = new Map([...groups].map(([group, own]) => [group, this.#settings(group, own)]));
    const { train, ...rest } = Object.fromEntries(tables);
    return html`<section aria-labelledby="configuration"><div class="sec"><h2 id="configuration">${this.#words.configuration}</h2></div>
<div class="two"><div class="stack">${Object.values(rest)}</div>${train}</div></section>`;
  }

  #next(): Html {
    const words = this.#words;
    const { commands, versions, recipe, run, date } = this.#data;
    const facts: readonly (readonly [string, string])[] = [
      [words.recipe, recipe],
      [words.folder, run],
      [words.ended, this.#numbers.date(date)],
      ...versions,
    ];
    return html`<section aria-labelledby="next"><div class="two"><div><div class="sec"><h2 id="next">${words.next}</h2></div>
<div class="commands">${commands.map(({ command, what }) => html`<div><p>${what}</p><pre><code>${command}</code></pre></div>`)}</div></div>
<div><div class="sec"><h2>${words.madeWith}</h2></div><table><thead><tr><th scope="col">${words.what}</th><th scope="col" class="n">${words.which}</th></tr></thead><tbody>${facts.map(([name, value]) => html`<tr><th scope="row">${capital(name)}</th><td class="n wraps">${value}</td></tr>`)}</tbody></table></div></div></section>`;
  }

  write(): Html {
    const { language, title } = this.#data;
    const words = this.#words;
    const parts = [
      this.#charts(),
      samplesSection(this.#data, words, this.#numbers),
      this.#figures(),
      this.#configuration(),
      this.#next(),
    ];
    return html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${capital(title)} · Lumbre</title>
<style>${new Html(reportStyle)}</style>
</head>
<body>
<a class="skip" href="#main">${words.skip}</a>
<header class="top"><div class="wrap"><div class="brand">${brand}<span>Lumbre</span></div><p class="muted">${words.report}</p></div></header>
<main id="main" class="wrap">
${this.#head()}
${this.#stats()}
${parts}
</main>
<footer><div class="wrap"><p>${words.local}</p></div></footer>
</body>
</html>
`;
  }
}

/** The row of flames. */
const brand = new Html(
  '<svg viewBox="0 0 28 28" aria-hidden="true" focusable="false"><path d="M1 26C1 22 3.1 21.2 4.3 18C4.4 20.7 6 22 6 26Z" class="lit"/><path d="M6.2 26C6.2 18 8.3 16.4 9.5 10C9.6 15.4 11.2 18 11.2 26Z" class="lit"/><path d="M11.4 26C11.4 14 13.5 11.6 14.2 2C14.8 10.2 16.4 14 16.4 26Z" class="flame"/><path d="M16.6 26C16.6 19.5 18.7 18.2 18.3 13C20 17.4 21.6 19.5 21.6 26Z" class="lit"/><path d="M21.8 26C21.8 23 23.9 22.4 23.5 20C25.2 22 26.8 23 26.8 26Z" class="lit"/></svg>',
);

/**
 * A training as a page: one file of HTML with all in it, without scripts, for light and dark screens, that opens from a disk.
 * It asks for nothing but what it is given.
 */
export const makeReport = (data: ReportData): string => new Page(data).write().text;
