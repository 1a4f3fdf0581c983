/** A number as people write it: with a comma or a point, either minus sign, or as a fraction; null where it is none. */
export function readNumber(text: string): number | null {
  const plain = text.trim().replaceAll('−', '-').replaceAll(',', '.').replace(/\s+/g, '');
  const match = /^([-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)(?:\/([-+]?(?:\d+\.?\d*|\.\d+)))?$/i.exec(plain);
  if (!match) return null;
  const value = Number(match[1]) / (match[2] === undefined ? 1 : Number(match[2]));
  return Number.isFinite(value) ? value : null;
}
