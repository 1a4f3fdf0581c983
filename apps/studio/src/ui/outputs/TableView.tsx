import { useState } from 'react';
import { useLocale } from '../../app/preferences.tsx';
import type { OutputOf } from '../../cell/output.ts';
import { formatInteger } from '../../i18n/numbers.ts';
import { togetherWriter } from '../readableNumber.ts';
import { outputMessages } from './messages.ts';

/** Rows at first: enough to see what a table is of. */
const FIRST = 12;

/** A table, its first rows, and how many there are in all. */
export function TableView({ output }: { output: OutputOf<'table'> }) {
  const locale = useLocale();
  const t = outputMessages(locale);
  const [all, setAll] = useState(false);
  const rows = all ? output.rows : output.rows.slice(0, FIRST);
  const columns = output.columns.map((name, i) => {
    const cells = output.rows.map((row) => row[i]);
    const numbers = cells.filter((cell): cell is number => typeof cell === 'number');
    // A column of years, or of ids, is not written with thousands apart: what is compared is.
    const isNumeric = numbers.length > 0 && cells.every((cell) => typeof cell === 'number' || cell === null);
    const isYears = isNumeric && numbers.every((n) => Number.isInteger(n) && n >= 1000 && n < 3000);
    return { name, isNumeric, write: isYears ? String : togetherWriter(locale, numbers) };
  });
  return (
    <figure className="o-table">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard. */}
      <section className="scroll" tabIndex={0} aria-label={output.title ?? t('output')}>
        <table className="t">
          {output.title && <caption>{output.title}</caption>}
          <thead>
            <tr>
              {columns.map(({ name, isNumeric }, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: two columns may have the same name.
                <th key={i} scope="col" className={isNumeric ? 'n' : undefined}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, r) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a row is known by its place.
              <tr key={r}>
                {columns.map(({ isNumeric, write }, c) => {
                  const cell = row[c];
                  return (
                    // biome-ignore lint/suspicious/noArrayIndexKey: a cell is known by its place.
                    <td key={c} className={isNumeric ? 'n num' : undefined}>
                      {cell === null || cell === undefined ? (
                        <span className="muted" title={t('missing')}>
                          —<span className="sr">{t('missing')}</span>
                        </span>
                      ) : typeof cell === 'number' ? (
                        write(cell)
                      ) : (
                        String(cell)
                      )}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <p className="o-more small muted">
        {rows.length < output.total
          ? t('rows', {
              shown: formatInteger(locale, rows.length),
              total: formatInteger(locale, output.total),
            })
          : t('allRows', { total: output.total })}
        {output.rows.length > FIRST && (
          <button type="button" className="btn plain sm" onClick={() => setAll(!all)}>
            {all ? t('showLess') : t('showMore', { count: output.rows.length - FIRST })}
          </button>
        )}
      </p>
    </figure>
  );
}
