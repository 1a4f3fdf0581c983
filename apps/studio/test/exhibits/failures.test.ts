import { expect, it } from 'vitest';
import type { Exhibit } from '../../src/exhibits/exhibit.ts';
import { failures } from '../../src/pages/failures/failures.ts';

const exhibits = import.meta.glob<{ exhibit: Exhibit }>('../../src/exhibits/*/exhibit.ts');

it.each(failures.flatMap(({ id, exhibit }) => (exhibit ? [[id, exhibit] as const] : [])))(
  '%s is provoked by a state that its exhibit knows',
  async (_, { name, state }) => {
    const { exhibit } = (await exhibits[`../../src/exhibits/${name}/exhibit.ts`]?.()) ?? {};
    const whole = { ...(exhibit?.initial as object), ...(state as object) };
    expect(exhibit?.state.safeParse(whole).error).toBeUndefined();
    // Another one than the exhibit begins with: otherwise nothing is provoked.
    expect(whole).not.toEqual(exhibit?.initial);
  },
);
