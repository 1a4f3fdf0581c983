import type { Texts } from '../../i18n/locale.ts';

export type Vector = readonly number[];

export const dot = (a: Vector, b: Vector): number => a.reduce((sum, x, i) => sum + x * (b[i] as number), 0);
export const length = (a: Vector): number => Math.sqrt(dot(a, a));

/** The cosine of the angle between two vectors: NaN where one of them has no direction. */
export function cosine(a: Vector, b: Vector): number {
  const lengths = length(a) * length(b);
  return lengths === 0 ? Number.NaN : Math.max(-1, Math.min(1, dot(a, b) / lengths));
}

/** In degrees, from 0 to 180. */
export const angle = (a: Vector, b: Vector): number => (Math.acos(cosine(a, b)) * 180) / Math.PI;

/** The shadow of `b` on the line of `a`. */
export function projection(a: Vector, b: Vector): number[] {
  const share = dot(a, b) / dot(a, a);
  return a.map((x) => (dot(a, a) === 0 ? 0 : x * share));
}

/** Things told by numbers from -1 to 1: each is a vector. */
export interface FeatureTable {
  readonly features: readonly Texts[];
  readonly things: readonly { readonly name: Texts; readonly values: Vector }[];
}

const thing = (es: string, en: string, ...values: number[]) => ({ name: { es, en }, values });
const feature = (es: string, en: string): Texts => ({ es, en });

/** How much of each feature things have is a matter of taste; what follows from it is not. */
export const tables = {
  foods: {
    features: [
      feature('dulce', 'sweet'),
      feature('salado', 'salty'),
      feature('picante', 'hot'),
      feature('crujiente', 'crunchy'),
      feature('se toma frío', 'served cold'),
    ],
    things: [
      thing('alfajor', 'alfajor', 1, -0.8, -1, 0.2, 0.1),
      thing('churro', 'churro', 0.9, -0.4, -1, 0.9, -0.8),
      thing('helado', 'ice cream', 1, -0.9, -1, -0.7, 1),
      thing('ceviche', 'ceviche', -0.6, 0.7, 0.5, -0.3, 1),
      thing('mole', 'mole', 0.2, 0.6, 0.8, -0.9, -1),
      thing('empanada', 'empanada', -0.5, 0.8, 0.1, 0.8, -0.8),
    ],
  },
  words: {
    features: [
      feature('persona', 'person'),
      feature('manda', 'rules'),
      feature('femenino', 'female'),
      feature('maúlla', 'meows'),
      feature('joven', 'young'),
    ],
    things: [
      thing('reina', 'queen', 1, 1, 1, -1, -0.3),
      thing('rey', 'king', 1, 1, -1, -1, -0.3),
      thing('niña', 'girl', 1, -0.8, 1, -1, 1),
      thing('abuelo', 'grandfather', 1, 0.2, -1, -1, -1),
      thing('gata', 'she-cat', -1, 0.3, 1, 1, 0),
      thing('gatito', 'kitten', -1, -0.8, -0.4, 1, 1),
    ],
  },
  players: {
    features: [
      feature('ataca', 'attacks'),
      feature('defiende', 'defends'),
      feature('corre', 'runs'),
      feature('pasa', 'passes'),
      feature('usa las manos', 'uses hands'),
    ],
    things: [
      thing('portera', 'goalkeeper', -1, 1, -0.7, 0.1, 1),
      thing('central', 'centre-back', -0.6, 1, 0, 0.3, -1),
      thing('lateral', 'full-back', 0.3, 0.6, 1, 0.4, -1),
      thing('volante', 'midfielder', 0.3, 0.3, 0.6, 1, -1),
      thing('extremo', 'winger', 0.9, -0.5, 1, 0.5, -1),
      thing('delantera', 'striker', 1, -0.8, 0.4, -0.2, -1),
    ],
  },
} as const satisfies Record<string, FeatureTable>;
export type TableName = keyof typeof tables;
export const tableNames = Object.keys(tables) as TableName[];
