import './style.css';
import { z } from 'zod';
import { catalog } from '../../i18n/messages.ts';
import { defineExhibit } from '../exhibit.ts';
import en from './messages.en.json';
import es from './messages.es.json';
import { mountRace } from './race.ts';
import { racerNames } from './racers.ts';
import { TALL, WIDE } from './surfaces.ts';

const messages = catalog({ es, en });
export type RaceTranslate = ReturnType<typeof messages>;

const across = z.number().min(-WIDE).max(WIDE);
const along = z.number().min(-TALL).max(TALL);
/** Longer than this no race is. */
export const MOST_STEPS = 400;

const state = z.strictObject({
  surface: z.enum(['bowl', 'ravine', 'saddle', 'valleys', 'own']),
  /** The learner's hills and holes. */
  bumps: z.array(z.tuple([across, along, z.number().min(-2).max(2)])).max(16),
  start: z.tuple([across, along]),
  /** The learning rate is 10 to this power. */
  lr: z.number().min(-3).max(0.5),
  momentum: z.number().min(0).max(0.99),
  noise: z.number().min(0).max(3),
  seed: z.number().int().min(1).max(1e6),
  step: z.number().int().min(0).max(MOST_STEPS),
  /** Whose paths are shown. */
  shown: z.array(z.enum(racerNames)).max(4),
});
export type RaceState = z.infer<typeof state>;

export const exhibit = defineExhibit<RaceState>({
  title: { es: 'Cuatro bolas cuesta abajo', en: 'Four balls downhill' },
  state,
  initial: {
    surface: 'ravine',
    bumps: [
      [0.9, 0.5, 0.9],
      [1.9, -0.6, -1],
      [-1.2, -0.5, -0.6],
    ],
    start: [-2.6, 1.3],
    lr: -1,
    momentum: 0.9,
    noise: 0,
    seed: 1,
    step: 0,
    shown: [...racerNames],
  },
  mount: (element, first, context) => mountRace(messages(context.locale), element, first, context),
});
