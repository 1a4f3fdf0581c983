import type { Recipe, RecipeConfig } from '../recipes/index.ts';

/** Settings by their paths, `train.lr`, with their values as JSON. */
export function settingsOf(config: object, prefix = ''): [path: string, value: string][] {
  return Object.entries(config).flatMap(([name, value]): [string, string][] => {
    const path = prefix === '' ? name : `${prefix}.${name}`;
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? settingsOf(value as object, path)
      : [[path, JSON.stringify(value)]];
  });
}

/** What a recipe has where nothing else is said, by path; what the data decide is not there. */
export function standardSettings(recipe: Recipe): ReadonlyMap<string, string> {
  const standard = recipe.config.safeParse({});
  return new Map(standard.success ? settingsOf(standard.data) : []);
}

/** A word of a command line, in quotes where a shell would take it for more than a word. */
const shellWord = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

/** The command that trains with these settings again. */
export function trainCommandOf(recipe: Recipe, config: RecipeConfig): string {
  const standard = standardSettings(recipe);
  const words = ['npx', 'lumbre', 'train', recipe.name];
  for (const [path, value] of settingsOf(config)) {
    const usual = standard.get(path);
    // What the recipe leaves to the data is filled in again by them.
    if (usual === undefined || usual === value) continue;
    if (path === 'data.name') words.push('--data', JSON.parse(value) as string);
    else words.push('--set', `${path}=${value}`);
  }
  return words.map(shellWord).join(' ');
}
