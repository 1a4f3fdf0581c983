import type { TableView } from '../exhibit.ts';
import type { MemoryTranslate } from './exhibit.ts';
import type { Held, Step, Trace } from './trace.ts';

/** A value as one line of text; what is deep is cut short. */
export function told(step: Step, held: Held, depth = 0): string {
  if ('text' in held) return held.text;
  const thing = step.heap.find(({ id }) => id === held.ref);
  if (!thing) return '…';
  if (thing.kind === 'function') return 'ƒ';
  if (depth > 2) return '…';
  const items = thing.entries.map(([key, item]) => {
    const value = told(step, item, depth + 1);
    return thing.kind === 'array' || thing.kind === 'set'
      ? value
      : thing.kind === 'map'
        ? `${key} → ${value}`
        : `${key}: ${value}`;
  });
  if (thing.size > items.length) items.push('…');
  const inside = items.join(', ');
  if (thing.kind === 'array') return `[${inside}]`;
  return `${thing.kind === 'map' ? 'Map ' : thing.kind === 'set' ? 'Set ' : ''}{${inside}}`;
}

/** What is about to happen at a step. */
export function aboutStep(t: MemoryTranslate, trace: Trace, index: number, source: string): string {
  const step = trace.steps[index];
  if (!step) return '';
  if (index === trace.steps.length - 1 && trace.cut) return t('cut', { steps: trace.steps.length });
  if (step.line === null) return trace.error === null ? t('over') : t('failed', { message: trace.error });
  if (step.returns)
    return t('returning', { name: step.frames.at(-1)?.name ?? '', value: told(step, step.returns) });
  const code = source.split('\n')[step.line - 1]?.trim() ?? '';
  return t('about', { line: step.line, code });
}

const frameName = (t: MemoryTranslate, name: string): string =>
  name === '' ? t('global') : t('call', { name });

/** The step in words: what comes, and which name stands for what. */
export function wordsOf(t: MemoryTranslate, trace: Trace, index: number, source: string): string[] {
  const step = trace.steps[index];
  if (!step) return [];
  const words = [aboutStep(t, trace, index, source)];
  const holders = new Map<number, string[]>();
  for (const { name: frame, variables } of step.frames)
    for (const [name, held] of variables) {
      const called = frame === '' ? name : t('inside', { name, frame });
      if ('text' in held) words.push(t('wordsHolds', { name: called, value: held.text }));
      else holders.set(held.ref, [...(holders.get(held.ref) ?? []), called]);
    }
  for (const [ref, names] of holders) {
    const thing = told(step, { ref });
    words.push(
      names.length > 1
        ? t('wordsShared', { names: names.join(', '), thing })
        : t('wordsPoints', { name: names[0] as string, thing }),
    );
  }
  return words;
}

export function tableOf(t: MemoryTranslate, trace: Trace, index: number): TableView {
  const step = trace.steps[index];
  return {
    caption: t('tableCaption', { step: index + 1, count: trace.steps.length }),
    columns: [t('where'), t('name'), t('value'), t('kind')],
    rows: (step?.frames ?? []).flatMap(({ name: frame, variables }) =>
      variables.map(([name, held]) => {
        const thing = 'ref' in held ? step?.heap.find(({ id }) => id === held.ref) : undefined;
        return [
          frameName(t, frame),
          name,
          step ? told(step, held) : '',
          thing ? `${t(thing.kind)} #${thing.id}` : t('simple'),
        ];
      }),
    ),
  };
}
