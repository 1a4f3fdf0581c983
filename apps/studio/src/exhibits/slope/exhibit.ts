import './style.css';
import { z } from 'zod';
import { catalog } from '../../i18n/messages.ts';
import { defineExhibit } from '../exhibit.ts';
import { curveNames, HIGH, LOW } from './curves.ts';
import en from './messages.en.json';
import es from './messages.es.json';
import { mountSlope } from './slope.ts';

export const messages = catalog({ es, en });
export type SlopeTranslate = ReturnType<typeof messages>;

const state = z.strictObject({
  curve: z.enum([...curveNames, 'own']),
  /** The learner's function. */
  own: z.string().max(120),
  x: z.number().min(LOW).max(HIGH),
  /** The other point is 10 to this power away. */
  exponent: z.number().min(-17).max(0.3),
  /** Whether the derivative is drawn at once, and not only where one has been. */
  whole: z.boolean(),
});
export type SlopeState = z.infer<typeof state>;

export const exhibit = defineExhibit<SlopeState>({
  title: { es: 'La pendiente en un punto', en: 'The slope at a point' },
  state,
  initial: { curve: 'parabola', own: 'x * sin(3*x)', x: -1, exponent: 0, whole: false },
  mount: (element, first, context) => mountSlope(messages(context.locale), element, first, context),
});
