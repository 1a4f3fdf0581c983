import { useLocale } from '../../app/preferences.tsx';
import type { TableView } from '../../exhibits/exhibit.ts';
import { formatSignificant } from '../../i18n/numbers.ts';

/** What an exhibit shows, as a table. */
export function TableOf({ table }: { table: TableView }) {
  const locale = useLocale();
  const write = (value: string | number) => {
    if (typeof value === 'string') return value;
    return Number.isInteger(value) ? String(value).replace('-', '−') : formatSignificant(locale, value, 4);
  };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard.
    <section className="scroll" tabIndex={0} aria-label={table.caption}>
      <table className="t">
        <caption className="muted small">{table.caption}</caption>
        <thead>
          <tr>
            {table.columns.map((column, i) => (
              <th
                key={column}
                scope="col"
                className={typeof table.rows[0]?.[i] === 'number' ? 'n' : undefined}
              >
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row, r) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a row of a table is known by its place.
            <tr key={r}>
              {row.map((value, i) => (
                <td key={table.columns[i]} className={typeof value === 'number' ? 'n num' : undefined}>
                  {write(value)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
