import type { Element } from 'hast';
import { ExhibitSheet } from '../../ui/exhibit/ExhibitSheet.tsx';
import { Cell } from './cell/Cell.tsx';
import { Exercise } from './cell/Exercise.tsx';
import { renderTree, useReadingContext } from './LessonContent.tsx';
import { thawState } from './state.ts';

// Where the Markdown names an exhibit, a cell or an exercise, they stand.

export function ExhibitPlace({ name, state }: { name: string; state?: string }) {
  return (
    <div className="wide">
      <ExhibitSheet name={name} state={thawState(state)} />
    </div>
  );
}

export function CellPlace({ id, node }: { id: string; node?: Element }) {
  const { document, entry } = useReadingContext();
  const source = document.cells.find((cell) => cell.id === id);
  if (!source) return null;
  const code = node?.children.find((child) => child.type === 'element' && child.tagName === 'pre');
  return (
    <Cell
      key={`${entry.id}/${id}/${document.locale}`}
      lesson={entry.id}
      source={source}
      locale={document.locale}
      static={code ? renderTree({ type: 'root', children: [code] } as never) : null}
    />
  );
}

export function ExercisePlace({ id, node }: { id: string; node?: Element }) {
  const { document, entry } = useReadingContext();
  return (
    <>
      {node && renderTree({ type: 'root', children: node.children } as never)}
      <Exercise
        key={`${entry.id}/${id}/${document.locale}`}
        lesson={entry}
        id={id}
        locale={document.locale}
      />
    </>
  );
}
