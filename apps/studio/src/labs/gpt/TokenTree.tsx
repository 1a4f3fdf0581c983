import { memo, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useLocale } from '../../app/preferences.tsx';
import { formatFixed } from '../../i18n/numbers.ts';
import { useWidth } from '../../ui/useWidth.ts';
import type { LabController, OpenRun } from './controller.ts';
import { gptMessages } from './messages.ts';
import type { Branch } from './tree.ts';
import { visible } from './words.ts';

/** Where the three levels stand, as shares of the width. */
const COLUMNS = [0.16, 0.44, 0.73] as const;
const ROW = 44;
const LEAST_WIDTH = 600;

interface Leaf {
  readonly key: string;
  readonly level: number;
  readonly y: number;
  readonly parent: string | null;
  readonly branch: Branch;
  /** The text from the root to here. */
  readonly path: string;
  /** The likeliest way from the root. */
  readonly lit: boolean;
}

/** Rows for the leaves, and each branch in the middle of its own. */
function layOut(branches: readonly Branch[]): { leaves: Leaf[]; rows: number } {
  const leaves: Leaf[] = [];
  let row = 0;
  const place = (
    branch: Branch,
    level: number,
    parent: string | null,
    key: string,
    path: string,
    lit: boolean,
  ): number => {
    const whole = path + branch.text;
    const ys = branch.next.map((next, i) =>
      place(next, level + 1, key, `${key}.${i}`, whole, lit && i === 0),
    );
    const y = ys.length > 0 ? ((ys[0] as number) + (ys.at(-1) as number)) / 2 : row++;
    leaves.push({ key, level, y, parent, branch, path: whole, lit });
    return y;
  };
  for (const [i, branch] of branches.entries()) place(branch, 0, null, String(i), '', i === 0);
  return { leaves, rows: row };
}

/** Where the text may go, as wicks that are as thick as it is likely; a press goes on there. */
export const TokenTree = memo(function TokenTree({
  tree,
  byCharacter,
  controller,
}: {
  tree: OpenRun['tree'];
  byCharacter: boolean;
  controller: LabController;
}) {
  const locale = useLocale();
  const t = gptMessages(locale);
  const frame = useRef<HTMLElement>(null);
  const given = useWidth(frame, 720);
  const { leaves, rows } = useMemo(() => layOut(tree?.branches ?? []), [tree]);
  const width = Math.max(LEAST_WIDTH, given);
  const height = Math.max(1, rows) * ROW + 8;
  // A label's width is known once it stands there: lines begin behind it.
  const labels = useRef(new Map<string, HTMLButtonElement>());
  const root = useRef<HTMLSpanElement>(null);
  const [widths, setWidths] = useState<ReadonlyMap<string, number>>(new Map());
  useLayoutEffect(() => {
    const measured = new Map<string, number>();
    for (const { key } of leaves) measured.set(key, labels.current.get(key)?.offsetWidth ?? 0);
    measured.set('root', root.current?.offsetWidth ?? 0);
    setWidths(measured);
  }, [leaves]);
  const tail = tree ? lastWord(tree.text) : '';
  const left = (level: number) => Math.round((COLUMNS[level] ?? 0) * width);
  const middle = (y: number) => y * ROW + ROW / 2;
  const rootY = leaves
    .filter(({ level }) => level === 0)
    .reduce((sum, { y }, _, all) => sum + y / all.length, 0);
  const byKey = new Map(leaves.map((leaf) => [leaf.key, leaf]));
  return (
    <section className="tree-box" aria-labelledby="gpt-tree">
      <div className="chart-h">
        <h2 id="gpt-tree">{t('treeTitle')}</h2>
        <span className="muted small">{t(byCharacter ? 'treeHintChar' : 'treeHint')}</span>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard. */}
      <section className="scroll tree-scroll" ref={frame} tabIndex={0} aria-label={t('treeLabel')}>
        {leaves.length === 0 ? (
          <p className="muted">{t('treeGrowing')}</p>
        ) : (
          <div className="token-tree" style={{ width, height }}>
            <svg viewBox={`0 0 ${width} ${height}`} width={width} height={height} aria-hidden="true">
              {leaves.map(({ key, parent, level, y, branch, lit }) => {
                const from = parent === null ? null : byKey.get(parent);
                const x0 = from
                  ? left(from.level) + (widths.get(from.key) ?? 0) + 2
                  : (widths.get('root') ?? 0) + 6;
                const y0 = middle(from ? from.y : rootY);
                const x1 = left(level) - 4;
                const bend = (x0 + x1) / 2;
                return (
                  <path
                    key={key}
                    className={lit ? 'lit' : undefined}
                    strokeWidth={1.2 + 9 * branch.probability}
                    d={`M${x0} ${y0}C${bend} ${y0} ${bend} ${middle(y)} ${Math.max(x0, x1)} ${middle(y)}`}
                  />
                );
              })}
            </svg>
            <span className="tree-root" ref={root} style={{ top: middle(rootY) }}>
              {tail}
            </span>
            {leaves.toReversed().map(({ key, level, y, branch, path, lit }) => (
              <button
                key={key}
                type="button"
                ref={(element) => {
                  if (element) labels.current.set(key, element);
                  else labels.current.delete(key);
                }}
                className={lit ? 'branch lit' : 'branch'}
                style={{ left: left(level), top: middle(y) }}
                onClick={() => void controller.setContext((tree?.text ?? '') + path)}
              >
                <span className="sr">{t('goOn', { text: path })} </span>
                {label(branch.text)} <span className="num">{formatFixed(locale, branch.probability, 2)}</span>
              </button>
            ))}
          </div>
        )}
      </section>
    </section>
  );
});

/** A branch by its letters: the space before a word goes without saying. */
const label = (text: string): string => (text.trim() === '' ? visible(text) : visible(text.trimStart()));

/** What the tree grows from: the last word, or what there is of it. */
function lastWord(text: string): string {
  const word = text.match(/\S+\s*$/)?.[0] ?? '';
  return word === '' ? '⏎' : word.length > 10 ? `…${word.slice(-9)}` : word;
}
