import type { ReactNode } from 'react';

/** The head of a cell or an exercise: what it is at the left, what can be done at the right. */
export function Head({ start, children }: { start: ReactNode; children: ReactNode }) {
  return (
    <div className="cell-head">
      {start}
      <div className="end">{children}</div>
    </div>
  );
}
