import { openDataSource } from 'lumbre/node';

/** Texts that this machine has already, for the laboratories: nothing is downloaded for them. */
export interface LocalTexts {
  list(): Promise<readonly string[]>;
  /** The text; null where it is not here. */
  read(name: string): Promise<string | null>;
}

/** Those of the registry of data sets that are texts to learn from. */
const names = ['quijote', 'sonetos', 'martin-fierro', 'tinyshakespeare', 'names', 'nombres'] as const;

const isName = (name: string): boolean => names.some((known) => known === name);

/** The texts of a mirror folder (`LUMBRE_DATA`), or of the cache that `lumbre data get` fills. */
export function localTexts(): LocalTexts {
  const source = openDataSource();
  const isHere = async (name: string): Promise<boolean> => {
    const { place } = await source.status(name);
    return place === 'mirror' || place === 'cache';
  };
  return {
    async list() {
      const here = await Promise.all(names.map(isHere));
      return names.filter((_, i) => here[i]);
    },
    async read(name) {
      if (!isName(name) || !(await isHere(name))) return null;
      const data = await source.open(name);
      return data.kind === 'text' ? data.text : null;
    },
  };
}
