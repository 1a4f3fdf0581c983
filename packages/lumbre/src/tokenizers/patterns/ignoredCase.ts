import type { AlternativeNode, CharacterNode, GroupNode, Node, OnigurumaAst } from 'oniguruma-parser/parser';

/** Letters outside of ASCII that are forms of one within. */
const others: Readonly<Record<string, readonly number[]>> = { k: [0x212a], s: [0x17f] };

const character = (value: number): CharacterNode => ({ type: 'Character', value });

/** All forms of a character; undefined where that is not known from this file. */
function forms(value: number): Node | undefined {
  if (value >= 0x80) return undefined;
  const lower = String.fromCharCode(value).toLowerCase();
  if (lower < 'a' || lower > 'z') return character(value);
  const codes = [lower.charCodeAt(0), lower.toUpperCase().charCodeAt(0), ...(others[lower] ?? [])];
  return { type: 'CharacterClass', kind: 'union', negate: false, body: codes.map(character) };
}

function withForms(group: GroupNode): GroupNode | undefined {
  const body: AlternativeNode[] = [];
  for (const alternative of group.body) {
    const nodes = alternative.body.map((node) => (node.type === 'Character' ? forms(node.value) : undefined));
    if (nodes.includes(undefined)) return undefined;
    body.push({ ...alternative, body: nodes as AlternativeNode['body'] });
  }
  const { flags: _, ...rest } = group;
  return { ...rest, body };
}

/**
 * The same pattern with `(?i:'s|'t)` written as `(?:'[sSſ]|'[tT])`: JavaScript's engines of today know such flags only for a
 * whole expression, where they change what classes mean. null where letter case is ignored in another way.
 */
export function spelledOut(ast: OnigurumaAst): OnigurumaAst | null {
  if (ast.flags.ignoreCase) return null;
  const body: AlternativeNode[] = [];
  for (const alternative of ast.body) {
    const nodes: AlternativeNode['body'] = [];
    for (const node of alternative.body) {
      const spelled = spelledNode(node);
      if (!spelled) return null;
      nodes.push(spelled as AlternativeNode['body'][number]);
    }
    body.push({ ...alternative, body: nodes });
  }
  return { ...ast, body };
}

function spelledNode(node: Node): Node | undefined {
  if (node.type === 'Quantifier') {
    const body = spelledNode(node.body);
    return body && { ...node, body: body as typeof node.body };
  }
  if (node.type === 'Directive') return undefined;
  if (node.type !== 'Group') return node;
  if (!node.flags) return node;
  const { enable, disable } = node.flags;
  if (disable || !enable || Object.keys(enable).some((flag) => flag !== 'ignoreCase')) return undefined;
  return withForms(node);
}
