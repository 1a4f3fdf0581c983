import type { DownloadProgress } from '../node/index.ts';
import { sizeIn } from './commands/cache.ts';
import type { Context } from './io.ts';
import { LiveArea } from './liveArea.ts';

const BAR = 24;
/** Milliseconds between pictures of the bar. */
const PAUSE_MS = 100;

/** Shows downloads: a bar on a terminal, a line for each file elsewhere. */
export class DownloadDisplay {
  readonly #context: Context;
  readonly #area: LiveArea | undefined;
  #file = '';
  #last = 0;

  constructor(context: Context) {
    this.#context = context;
    if (context.output.isTTY) this.#area = new LiveArea(context.output);
  }

  show(progress: DownloadProgress): void {
    const { name, bytes, total } = progress;
    const isNew = name !== this.#file;
    if (isNew) this.done();
    this.#file = name;
    if (!this.#area) {
      const { output, messages } = this.#context;
      const size = total === undefined ? '' : sizeIn(this.#context, total);
      if (isNew) output.write(`${messages.dataDownloading(name, size)}\n`);
      return;
    }
    const now = performance.now();
    if (!isNew && bytes !== total && now - this.#last < PAUSE_MS) return;
    this.#last = now;
    this.#area.draw([this.#line(progress)]);
  }

  /** Leaves what was drawn last. */
  done(): void {
    if (this.#file !== '') this.#area?.done();
    this.#file = '';
  }

  #line({ name, bytes, total, rate }: DownloadProgress): string {
    const { theme, format, messages } = this.#context;
    const size = (value: number) => sizeIn(this.#context, value);
    const speed = rate > 0 ? theme.muted(`${size(rate)}/s`) : '';
    if (total === undefined || total === 0) return `  ${name}  ${size(bytes)}  ${speed}`;
    const share = Math.min(1, bytes / total);
    const full = Math.round(share * BAR);
    const bar = theme.ember('━'.repeat(full)) + theme.ash('━'.repeat(BAR - full));
    const left =
      rate > 0 && share < 1 ? theme.muted(messages.left(format.duration((total - bytes) / rate))) : '';
    return `  ${name}  ${bar}  ${format.percent(share)}  ${size(bytes)} / ${size(total)}  ${speed}  ${left}`.trimEnd();
  }
}
