import { type Diagnostic, forceLinting, linter } from '@codemirror/lint';
import { type Extension, RangeSet, StateEffect, StateField } from '@codemirror/state';
import {
  Decoration,
  type DecorationSet,
  EditorView,
  GutterMarker,
  gutterLineClass,
  ViewPlugin,
} from '@codemirror/view';

/** The line of the code at which it failed, counted from 1, and what was said. */
export interface LineFailure {
  readonly line: number;
  readonly message: string;
}

/** Marks the line at which the code failed; null takes the mark away. */
export const setFailure = StateEffect.define<LineFailure | null>();

interface Mark {
  readonly message: string;
  readonly lines: DecorationSet;
}

const hit = Decoration.line({ class: 'hit' });
const hitNumber = new (class extends GutterMarker {
  override readonly elementClass = 'hit';
})();
const none: Mark = { message: '', lines: Decoration.none };

const field = StateField.define<Mark>({
  create: () => none,
  update(mark, transaction) {
    let next: Mark =
      mark === none || !transaction.docChanged
        ? mark
        : { message: mark.message, lines: mark.lines.map(transaction.changes) };
    for (const effect of transaction.effects)
      if (effect.is(setFailure)) {
        const failure = effect.value;
        const { doc } = transaction.state;
        next =
          failure && failure.line <= doc.lines
            ? { message: failure.message, lines: Decoration.set(hit.range(doc.line(failure.line).from)) }
            : none;
      }
    return next;
  },
  provide: (self) => [
    EditorView.decorations.from(self, ({ lines }) => lines),
    gutterLineClass.from(self, ({ lines }) => {
      const at = lines.iter();
      return at.value ? RangeSet.of(hitNumber.range(at.from)) : RangeSet.empty;
    }),
  ],
});

/** The mark of a failure, and its message where the language service puts its own. */
export function failureMark(): Extension {
  const source = linter(
    ({ state }): Diagnostic[] => {
      const { message, lines } = state.field(field);
      const at = lines.iter();
      if (!at.value) return [];
      const line = state.doc.lineAt(at.from);
      const text = line.text.trimStart();
      return [{ from: line.to - text.length, to: line.to, severity: 'error', message }];
    },
    {
      delay: 0,
      needsRefresh: (update) => update.startState.field(field) !== update.state.field(field),
    },
  );
  // Linters wait until the code has been typed in; a failure has to be seen as soon as it is known.
  const atOnce = ViewPlugin.define((view) => ({
    update(update) {
      if (update.transactions.some(({ effects }) => effects.some((effect) => effect.is(setFailure))))
        setTimeout(() => forceLinting(view));
    },
  }));
  return [field, source, atOnce];
}
