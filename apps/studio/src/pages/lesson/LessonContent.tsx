import type { Root } from 'hast';
import { type Components, toJsxRuntime } from 'hast-util-to-jsx-runtime';
import { createContext, use, useMemo } from 'react';
import { Fragment, jsx, jsxs } from 'react/jsx-runtime';
import type { LessonDocument, LessonEntry, Section } from '../../course/document.ts';
import { Further } from './Further.tsx';
import { LessonCard } from './LessonCard.tsx';
import { LessonTable } from './LessonTable.tsx';
import { Live } from './Live.tsx';
import { Prediction } from './Prediction.tsx';
import { CellPlace, ExercisePlace, ExhibitPlace } from './places.tsx';
import { Term } from './Term.tsx';
import 'katex/dist/katex.min.css';

/** The lesson that is being read, for what stands in its text. */
export interface Reading {
  readonly document: LessonDocument;
  readonly entry: LessonEntry;
}

const ReadingContext = createContext<Reading | null>(null);

export function useReadingContext(): Reading {
  const reading = use(ReadingContext);
  if (!reading) throw new Error('What a lesson is made of stands in a LessonContent.');
  return reading;
}

/** What each directive is on the page. The names are those that build/lessons/compile.ts gives. */
const components = {
  table: LessonTable,
  'lesson-exhibit': ExhibitPlace,
  'lesson-cell': CellPlace,
  'lesson-exercise': ExercisePlace,
  'lesson-prediction': Prediction,
  'lesson-card': LessonCard,
  'lesson-further': Further,
  'lesson-live': Live,
  'lesson-term': Term,
  'lesson-note': ({ children }: { children?: React.ReactNode }) => <aside className="note">{children}</aside>,
  'lesson-hint': ({ children }: { children?: React.ReactNode }) => (
    <div className="call info">{children}</div>
  ),
} as unknown as Partial<Components>;

export const renderTree = (tree: Root): React.ReactNode =>
  toJsxRuntime(tree, { Fragment, jsx, jsxs, components, passNode: true, ignoreInvalidStyle: true });

/** All of a lesson but its title. The first paragraph is the one that invites, and is set larger. */
export function LessonContent({ document, entry }: Reading) {
  const reading = useMemo(() => ({ document, entry }), [document, entry]);
  return (
    <ReadingContext value={reading}>
      {document.sections.map((section, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the sections of a document never change places.
        <SectionOf key={i} section={section} place={i} document={document} />
      ))}
    </ReadingContext>
  );
}

function SectionOf({
  section,
  place,
  document,
}: {
  section: Section;
  place: number;
  document: LessonDocument;
}) {
  const first = document.sections.findIndex(({ beat }) => beat === section.beat) === place;
  const content = useMemo(() => renderTree(section.content), [section]);
  return (
    <section
      className={`beat beat-${section.beat}${place === 0 ? ' opening' : ''}`}
      data-beat={section.beat}
      data-place={place}
      id={first ? section.beat : undefined}
    >
      {content}
    </section>
  );
}
