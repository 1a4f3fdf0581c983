import { useMemo } from 'react';
import { useLocale } from '../../app/preferences.tsx';
import type { OutputOf } from '../../cell/output.ts';
import { category } from '../../exhibits/support/colors.ts';
import { formatInteger, formatMemory } from '../../i18n/numbers.ts';
import { layGraphOut } from './graphLayout.ts';
import { outputMessages } from './messages.ts';
import { writeShape } from './tensorLayout.ts';

type Explanation = OutputOf<'explanation'>;

/** How the engine computes something: the graph, the kernels made of it, and where in memory results live. */
export function ExplanationView({ output }: { output: Explanation }) {
  const locale = useLocale();
  const t = outputMessages(locale);
  return (
    <figure className="o-explanation">
      <figcaption className="o-caption">
        <strong>{output.title ?? t('explanation')}</strong>
        <span className="muted">
          {t('explanationWords', {
            nodes: output.nodes.length,
            kernels: output.kernels.length,
            memory: formatMemory(locale, output.arenaBytes),
          })}
        </span>
      </figcaption>
      <Graph output={output} />
      <Kernels output={output} />
      {output.memory.length > 0 && <Memory output={output} />}
    </figure>
  );
}

const BOX = { width: 132, height: 46, across: 18, down: 34 };

/** Which kernel computes a node, by what the kernel says of its nodes: `add`, `add 12`, `12: add`. */
function kernelsOf({ nodes, kernels }: Explanation): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  kernels.forEach((kernel, k) => {
    for (const text of kernel.nodes) {
      const id = /(?:^|[#%\s])(\d+)(?=$|[:\s])/.exec(text)?.[1];
      if (id !== undefined && nodes.some((node) => node.id === Number(id))) found.set(Number(id), k);
    }
  });
  return found;
}

function Graph({ output }: { output: Explanation }) {
  const t = outputMessages(useLocale());
  const layout = useMemo(() => layGraphOut(output.nodes), [output.nodes]);
  const kernelOf = useMemo(() => kernelsOf(output), [output]);
  const place = (id: number) => {
    const placed = layout.places.get(id);
    return placed
      ? {
          x: placed.column * (BOX.width + BOX.across) + BOX.width / 2 + 2,
          y: placed.layer * (BOX.height + BOX.down) + 2,
        }
      : null;
  };
  const width = layout.columns * (BOX.width + BOX.across) - BOX.across + 4;
  const height = layout.layers * (BOX.height + BOX.down) - BOX.down + 4;
  const byId = new Map(output.nodes.map((node) => [node.id, node]));
  return (
    <section>
      <h4>{t('graph')}</h4>
      <p className="small muted">{t('graphHint')}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard. */}
      <section className="scroll o-graph" tabIndex={0} aria-label={t('graph')}>
        <svg width={width} height={height} style={{ maxWidth: 'none' }} aria-hidden>
          {output.nodes.flatMap((node) =>
            node.sources.map((source, i) => {
              const [from, to] = [place(source), place(node.id)];
              if (!from || !to) return null;
              const [y1, y2] = [from.y + BOX.height, to.y];
              const bend = Math.max(14, (y2 - y1) / 2);
              return (
                <path
                  // biome-ignore lint/suspicious/noArrayIndexKey: a tensor may be used twice by one operation.
                  key={`${node.id} ${source} ${i}`}
                  className="edge"
                  d={`M${from.x} ${y1}C${from.x} ${y1 + bend} ${to.x} ${y2 - bend} ${to.x} ${y2 - 5}m-3.5-4L${to.x} ${y2}l3.500-9`}
                />
              );
            }),
          )}
          {output.nodes.map((node) => {
            const at = place(node.id);
            if (!at) return null;
            const kernel = kernelOf.get(node.id);
            return (
              <g key={node.id} transform={`translate(${at.x - BOX.width / 2} ${at.y})`}>
                <title>{`${node.op} ${node.detail}`.trim()}</title>
                <rect width={BOX.width} height={BOX.height} rx="6" className="box" />
                {kernel !== undefined && (
                  <rect width="5" height={BOX.height - 12} x="6" y="6" rx="2.500" fill={category(kernel)} />
                )}
                <text x={BOX.width / 2 + 4} y="19" textAnchor="middle" className="op">
                  {node.op.length > 15 ? `${node.op.slice(0, 14)}…` : node.op}
                </text>
                <text x={BOX.width / 2 + 4} y="36" textAnchor="middle" className="of">
                  {node.dtype} {writeShape(node.shape)}
                </text>
              </g>
            );
          })}
        </svg>
        <ol className="sr">
          {output.nodes.map((node) => (
            <li key={node.id}>
              {node.op} {node.detail} {node.dtype} {writeShape(node.shape)}
              {node.sources.length > 0 &&
                ` ← ${node.sources.map((source) => byId.get(source)?.op ?? source).join(', ')}`}
            </li>
          ))}
        </ol>
      </section>
    </section>
  );
}

function Kernels({ output }: { output: Explanation }) {
  const locale = useLocale();
  const t = outputMessages(locale);
  return (
    <section>
      <h4>{t('kernels')}</h4>
      <p className="small muted">{t('kernelsHint')}</p>
      <ol className="o-kernels">
        {output.kernels.map((kernel, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a kernel is known by its place.
          <li key={i} style={{ borderLeftColor: category(i) }}>
            <strong>{kernel.name}</strong>
            <span className="small muted">
              {t('kernelSize', {
                bytes: formatMemory(locale, kernel.bytes),
                operations: formatInteger(locale, kernel.operations),
              })}
            </span>
            {kernel.nodes.length > 0 && <code className="small">{kernel.nodes.join(' · ')}</code>}
          </li>
        ))}
      </ol>
    </section>
  );
}

function Memory({ output }: { output: Explanation }) {
  const locale = useLocale();
  const t = outputMessages(locale);
  const total = Math.max(1, output.arenaBytes, ...output.memory.map(({ offset, bytes }) => offset + bytes));
  return (
    <section>
      <h4>{t('memory')}</h4>
      <p className="small muted">
        {t('memoryHint')} {t('arena', { bytes: formatMemory(locale, output.arenaBytes) })}.
      </p>
      <ul className="o-memory">
        {output.memory.map((part, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a part is known by its place.
          <li key={i}>
            <span className="name small">{part.name}</span>
            <span
              className="track"
              role="img"
              aria-label={t('memoryBar', {
                name: part.name,
                bytes: formatMemory(locale, part.bytes),
                offset: formatInteger(locale, part.offset),
              })}
            >
              <i
                style={{ left: `${(100 * part.offset) / total}%`, width: `${(100 * part.bytes) / total}%` }}
              />
            </span>
            <span className="num small">{formatMemory(locale, part.bytes)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
