/** The 32-bit FNV-1a hash of numbers, and how many they are: enough to tell data from other data, not a seal. */
export function fingerprint(values: ArrayLike<number>): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < values.length; i++) hash = Math.imul(hash ^ (values[i] as number), 0x01000193);
  return `${(hash >>> 0).toString(16)}-${values.length}`;
}
