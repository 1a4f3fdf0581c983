/** How many letters must change to make one word of another (Levenshtein). */
function distance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (previous[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(replaced, (previous[j] as number) + 1, (row[j - 1] as number) + 1));
    }
    previous = row;
  }
  return previous[b.length] as number;
}

/** The names that somebody may have meant, the likeliest first. */
export function similarNames(name: string, known: Iterable<string>): string[] {
  const lower = name.toLowerCase().slice(0, 64);
  return [...known]
    .map((candidate) => ({ candidate, cost: distance(lower, candidate.toLowerCase()) }))
    .filter(({ candidate, cost }) => cost <= Math.max(2, Math.floor(candidate.length / 3)))
    .sort((a, b) => a.cost - b.cost)
    .slice(0, 3)
    .map(({ candidate }) => candidate);
}

/** `max_new_tokens` as `maxNewTokens`. */
export const toCamelCase = (name: string): string =>
  name.replace(/(?<!^)_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** `maxNewTokens` as `max_new_tokens`. */
export const toSnakeCase = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
