import './style.css';
import { z } from 'zod';
import { catalog } from '../../i18n/messages.ts';
import { defineExhibit } from '../exhibit.ts';
import { mountBoard } from './board.ts';
import { formulaNames, MOST_NODES } from './graph.ts';
import en from './messages.en.json';
import es from './messages.es.json';

const messages = catalog({ es, en });
export type BackpropTranslate = ReturnType<typeof messages>;

const value = z.number().min(-3).max(3);
const state = z.strictObject({
  formula: z.enum([...formulaNames, 'own']),
  own: z.string().max(120),
  /** a, b, c and d. */
  values: z.tuple([value, value, value, value]),
  /** What the learner said, in the order in which it is asked; null where it was only looked at. */
  answers: z.array(z.object({ guess: z.number().nullable(), right: z.boolean() })).max(MOST_NODES),
});
export type BackpropState = z.infer<typeof state>;

export const exhibit = defineExhibit<BackpropState>({
  title: { es: 'Hacia atrás por el grafo', en: 'Backward through the graph' },
  state,
  initial: { formula: 'neuron', own: '(a + b) * (b + 1)', values: [0.5, -1, 0.8, 0.3], answers: [] },
  mount: (element, first, context) => mountBoard(messages(context.locale), element, first, context),
});
