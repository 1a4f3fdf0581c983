import { describe, expect, test } from 'vitest';
import { compileLesson, LessonError } from '../../build/lessons/compile.ts';

const head = '---\ntitle: Una prueba\nteaser: Una frase que da ganas.\nminutes: 8\n---\n\n';
const compile = (body: string) => compileLesson(head + body, 'prueba/es.md', 'es');
const cell = ':::cell{id="first"}\n```ts\nconst a = 1;\n```\n```python\na = 1\n```\n:::\n';

test('a lesson is its steps, with what stands in them', () => {
  const lesson = compile(
    `::::see\nEl comienzo, con $x^2$.\n::::\n\n::::touch\n::exhibit{name="broadcasting" state='{"a":[3]}'}\n::::\n\n::::code\n## Título\n${cell}\n:::exercise{id="sum"}\nSúmalos.\n:::\n::::\n`,
  );
  expect(lesson).toMatchObject({ title: 'Una prueba', minutes: 8, exercises: ['sum'] });
  expect(lesson.sections.map(({ beat }) => beat)).toEqual(['see', 'touch', 'code']);
  expect(lesson.cells).toMatchObject([
    { id: 'first', typescript: 'const a = 1;', python: 'a = 1', fails: null },
  ]);
  expect(lesson.exhibits).toEqual([{ name: 'broadcasting', state: { a: [3] } }]);
  expect(lesson.text).toContain('El comienzo, con');
  // Formulas are drawn when the Studio is built: the page needs no program for them.
  expect(JSON.stringify(lesson.sections[0])).toContain('katex');
});

test('code is coloured line by line', () => {
  const json = JSON.stringify(compile(`::::code\n${cell}::::\n`).sections[0]);
  expect(json).toContain('"className":["k"]');
  expect(json).toContain('"className":["n_"]');
});

test('a live number says where it comes from', () => {
  const lesson = compile(`::::see\nVale :live[0,49]{cell="first" of="w" at="6,1"}.\n\n${cell}::::\n`);
  expect(lesson.lives).toEqual([{ text: '0,49', cell: 'first', of: 'w', at: [6, 1] }]);
});

test('a card has two sides', () => {
  const lesson = compile('::::explain\n:::card{id="one"}\n¿Cuánto?\n\n***\n\nMucho.\n:::\n::::\n');
  expect(lesson.cards.map(({ id }) => id)).toEqual(['one']);
  expect(JSON.stringify(lesson.cards[0]?.answer)).toContain('Mucho.');
});

test('hours and ratios are no directives', () => {
  expect(compile('::::see\nA las 12:30, a razón de 3:1, un a:b.\n::::\n').text).toContain(
    '12:30, a razón de 3:1, un a:b',
  );
});

describe('mistakes are told with their line', () => {
  const prediction = (inside: string) => `::::predict\n¿Qué?\n\n${inside}\n::::\n`;
  const answer = '\n\n:::answer\nPor esto.\n:::';
  test.each([
    ['no front matter', '::::see\nHola.\n::::', /begins with/],
    ['text outside of steps', `${head}Hola.`, /:7: everything in a lesson stands in one of its steps/],
    ['an unknown directive', `${head}::::see\n:::wat{x="1"}\n:::\n::::`, /:8: unknown directive ':wat'/],
    ['a cell without an id', `${head}::::see\n:::cell\n\`\`\`ts\n1\n\`\`\`\n:::\n::::`, /':cell' needs id/],
    ['two cells of one name', `${head}::::see\n${cell}\n${cell}::::`, /two cells 'first'/],
    [
      'a prediction without a right answer',
      head + prediction(`- [ ] a\n- [ ] b${answer}`),
      /exactly one right/,
    ],
    ['a prediction that is not explained', head + prediction('- [ ] a\n- [x] b'), /answer/],
    ['a card of one side', `${head}::::explain\n:::card{id="one"}\nNada.\n:::\n::::`, /a question, `\*\*\*`/],
    [
      'a live number of a cell that is not there',
      `${head}::::see\n:live[1]{cell="x" of="y"}\n::::`,
      /a cell 'x'/,
    ],
    ['a formula that is none', `${head}::::see\n$\\frac{1}$\n::::`, /frac|KaTeX/],
    ['front matter that lacks the title', '---\nminutes: 8\n---\n', /title/],
  ])('%s', (_, markdown, message) => {
    expect(() => compileLesson(markdown, 'prueba/es.md', 'es')).toThrow(message);
  });

  test('they are lesson errors', () => {
    expect(() => compileLesson('', 'x/es.md', 'es')).toThrow(LessonError);
  });
});
