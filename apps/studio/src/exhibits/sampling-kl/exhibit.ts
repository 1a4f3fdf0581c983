import './style.css';
import { z } from 'zod';
import { catalog } from '../../i18n/messages.ts';
import { defineExhibit } from '../exhibit.ts';
import { mountChance } from './chance.ts';
import en from './messages.en.json';
import es from './messages.es.json';

const messages = catalog({ es, en });
export type ChanceTranslate = ReturnType<typeof messages>;

export const MOST_DRAWS = 20_000;

const state = z.strictObject({
  source: z.enum(['model', 'die', 'loaded', 'coin']),
  /** The story that the model goes on with; null for the one of the reader's language. */
  text: z.string().max(200).nullable(),
  /** The learner's bet; null for an even one. */
  q: z.array(z.number().min(0).max(1)).max(12).nullable(),
  seed: z.number().int().min(1).max(1e6),
  draws: z.number().int().min(0).max(MOST_DRAWS),
});
export type ChanceState = z.infer<typeof state>;

export const exhibit = defineExhibit<ChanceState>({
  title: { es: 'Lo que pasa y lo que tú crees', en: 'What happens and what you believe' },
  state,
  initial: { source: 'model', text: null, q: null, seed: 1, draws: 0 },
  mount: (element, first, context) => mountChance(messages(context.locale), element, first, context),
});
