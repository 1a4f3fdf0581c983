import type { Misfit } from '../../../cell/plainWords.ts';

/** Two shapes one above the other, right under right, as they are compared, with the places marked where they do not fit. */
export function ShapesPicture({ misfit }: { misfit: Misfit }) {
  const columns = Math.max(misfit.a.length, misfit.b.length);
  return (
    // The sentence beside it says the same.
    <table className="misfit" aria-hidden>
      <tbody>
        {(['a', 'b'] as const).map((side) => (
          <tr key={side}>
            {Array.from({ length: columns }, (_, column) => {
              const fromRight = columns - 1 - column;
              const size = misfit[side][misfit[side].length - 1 - fromRight];
              const kind =
                size === undefined ? 'none' : misfit.clash[side].includes(fromRight) ? 'clash' : 'fits';
              return (
                <td key={fromRight} className={kind}>
                  {size}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
