import type { Json } from '../../hub/json.ts';

/** JSON with two spaces for each level, as Hugging Face's files are written; names in the order of the Map. */
export function jsonText(value: Json, indent = ''): string {
  const inner = `${indent}  `;
  if (value instanceof Map) {
    if (value.size === 0) return '{}';
    const fields = [...value].map(
      ([name, item]) => `${inner}${JSON.stringify(name)}: ${jsonText(item, inner)}`,
    );
    return `{\n${fields.join(',\n')}\n${indent}}`;
  }
  if (!Array.isArray(value)) return JSON.stringify(value);
  if (value.length === 0) return '[]';
  return `[\n${value.map((item) => inner + jsonText(item, inner)).join(',\n')}\n${indent}]`;
}
