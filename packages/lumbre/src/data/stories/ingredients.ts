import type { Entry } from './grammar.ts';

/** Wishes of one sort, each trouble that they can meet, and for each trouble the remedies that a friend may bring. */
export interface PlotFamily {
  readonly wishes: readonly Entry[];
  readonly troubles: Readonly<Record<string, readonly string[]>>;
}

/** Plots: every wish with every trouble of its family and every remedy for that trouble. */
export function plots(families: readonly PlotFamily[]): readonly Entry[] {
  return families.flatMap(({ wishes, troubles }) =>
    wishes.flatMap((wish) =>
      Object.entries(troubles).flatMap(([trouble, remedies]) =>
        remedies.map((remedy) => ({ ...wish, trouble, remedy })),
      ),
    ),
  );
}
