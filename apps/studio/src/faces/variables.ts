import { parser } from '@lezer/javascript';

const typescript = parser.configure({ dialect: 'ts' });

/** The variables that a program makes at its top level, in the order in which they stand there. */
export function variablesOf(source: string): string[] {
  const names = new Set<string>();
  for (let node = typescript.parse(source).topNode.firstChild; node; node = node.nextSibling) {
    const declaration = node.name === 'ExportDeclaration' ? node.getChild('VariableDeclaration') : node;
    if (declaration?.name !== 'VariableDeclaration') continue;
    const cursor = declaration.cursor();
    do {
      if (cursor.name === 'VariableDefinition') names.add(source.slice(cursor.from, cursor.to));
      // What functions and classes have inside is theirs; so is what stands on the right of the sign.
    } while (
      cursor.next(cursor.name === 'VariableDeclaration' || /Pattern/.test(cursor.name)) &&
      cursor.from < declaration.to
    );
  }
  return [...names];
}
