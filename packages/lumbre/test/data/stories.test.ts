import { describe, expect, it } from 'vitest';
import { StoryGrammar, type StoryGrammarSource, type World } from '../../src/data/stories/grammar.ts';
import {
  countStories,
  describeEvaluation,
  evaluateStories,
  generateStory,
  parseStory,
  splitOf,
  splitSentences,
  storyCorpus,
  storyGrammar,
} from '../../src/data/stories/index.ts';
import { seededRandom } from '../../src/data/stories/random.ts';

const languages = ['es', 'en'] as const;

/** Every frame with every plot for all pairs of heroes and friends, and all places in turn: all agreements. */
function* everySentence(language: 'es' | 'en'): Generator<{ text: string; world: World; kind: string }> {
  const grammar = storyGrammar(language);
  const { ingredients, fits } = grammar.source;
  const kinds = Object.entries(grammar.frames);
  const seen = new Set<string>();
  for (const hero of ingredients.hero) {
    for (const [index, friend] of ingredients.friend.entries()) {
      const both = ingredients.both.find((entry) => fits(hero, friend, entry));
      if (both === undefined) continue;
      for (const [position, plot] of ingredients.plot.entries()) {
        const place = ingredients.place[(index + position) % ingredients.place.length]!;
        const world = { hero, friend, both, place, plot };
        for (const [kind, frames] of kinds) {
          for (const frame of frames) {
            const text = grammar.write(frame, world);
            const key = `${hero.name} ${friend.name} ${text}`;
            if (!seen.has(key)) yield { text, world, kind };
            seen.add(key);
          }
        }
      }
    }
  }
}

describe.each(languages)('the stories of %s', (language) => {
  const stories = storyCorpus({ language, seed: 7, count: 2000, split: 'train' });

  it('parse whole, with the names they began with', () => {
    for (const story of stories) {
      const report = parseStory(language, story);
      expect(report.sentences.every((sentence) => sentence.parses)).toBe(true);
      expect(report.sentences, story).toHaveLength(5);
      expect({ ...report, sentences: [] }, story).toMatchObject({ consistent: true, whole: true });
      expect(report.names, story).toHaveLength(2);
    }
  });

  it('are read in exactly one way, as the world they were written from', () => {
    const grammar = storyGrammar(language);
    const random = seededRandom(11);
    for (let index = 0; index < 1000; index++) {
      const { text, world } = grammar.generate(random);
      const readings = [...grammar.readStory(text)];
      expect(readings, text).toHaveLength(1);
      expect(readings[0]!.worlds, text).toEqual([world]);
    }
  });

  it('are made of sentences that all parse as what they are', () => {
    const grammar = storyGrammar(language);
    const kinds = new Map([...everySentence(language)].map(({ text, kind }) => [text, kind]));
    const misread = [...kinds].filter(
      ([text, kind]) => ![...grammar.readSentence(text)].some((reading) => reading.kind === kind),
    );
    expect(misread).toEqual([]);
    expect(kinds.size).toBeGreaterThan(3000);
  });

  it('fit in 256 characters with their newline, even the longest', () => {
    const grammar = storyGrammar(language);
    const { ingredients, fits, shapes } = grammar.source;
    const place = ingredients.place.reduce((best, entry) =>
      entry.where!.length > best.where!.length ? entry : best,
    );
    let longest = 0;
    for (const hero of ingredients.hero) {
      for (const friend of ingredients.friend) {
        const both = ingredients.both.find((entry) => fits(hero, friend, entry));
        if (both === undefined) continue;
        for (const plot of ingredients.plot) {
          const world = { hero, friend, both, place, plot };
          const longestOf = (kind: string) =>
            Math.max(...grammar.frames[kind]!.map((frame) => grammar.write(frame, world).length));
          for (const shape of shapes) {
            longest = Math.max(
              longest,
              shape.reduce((sum, kind) => sum + longestOf(kind) + 1, 0),
            );
          }
        }
      }
    }
    expect(longest).toBeLessThan(256);
    const mean = stories.reduce((sum, story) => sum + story.length, 0) / stories.length;
    expect(mean).toBeGreaterThan(180);
    expect(mean).toBeLessThan(215);
  });

  it('keep to a small alphabet and few words', () => {
    const alphabet = [...new Set(stories.join('\n'))].sort().join('');
    expect(alphabet).toBe(
      language === 'es'
        ? '\n !,.ABCEHLMNPSTUabcdefghijlmnopqrstuvyz¡íñóú'
        : '\n !,.ABDFGHILMOPRSTabcdefghiklmnoprstuvwxy',
    );
    const words = new Set(stories.flatMap((story) => story.toLowerCase().match(/\p{L}+/gu)));
    expect(words.size).toBeLessThan(165);
  });

  it('are many', () => {
    expect(countStories(language)).toBeGreaterThan(5_000_000);
  });

  it('come out the same for the same seed, and others for another', () => {
    const corpus = (seed: number) => storyCorpus({ language, seed, count: 50, split: 'held-out' });
    expect(corpus(1)).toEqual(corpus(1));
    expect(corpus(1)).not.toEqual(corpus(2));
    expect(corpus(1).slice(0, 10)).toEqual(storyCorpus({ language, seed: 1, count: 10, split: 'held-out' }));
    expect(generateStory(language, seededRandom(3))).toBe(generateStory(language, seededRandom(3)));
  });

  it('are all different within a corpus', () => {
    expect(new Set(stories).size).toBe(stories.length);
  });

  it('never share a world between training and what is held out', () => {
    const worldsOf = (texts: readonly string[]) =>
      texts.map((text) => [...storyGrammar(language).readStory(text)][0]!.worlds[0]!);
    const heldOut = storyCorpus({ language, seed: 7, count: 200, split: 'held-out' });
    expect(worldsOf(heldOut).map(splitOf)).toEqual(heldOut.map(() => 'held-out'));
    expect(worldsOf(stories.slice(0, 500)).every((world) => splitOf(world) === 'train')).toBe(true);
    expect(heldOut.filter((story) => stories.includes(story))).toEqual([]);
  });

  it('are held out one in ten', () => {
    const random = seededRandom(5);
    const drawn = Array.from({ length: 4000 }, () => storyGrammar(language).generate(random).world);
    const share = drawn.filter((world) => splitOf(world) === 'held-out').length / drawn.length;
    expect(share).toBeGreaterThan(0.08);
    expect(share).toBeLessThan(0.12);
  });
});

describe('Spanish agreement', () => {
  // Written out here once more, apart from the grammar: what the grammar says of itself proves nothing.
  const she = 'Ana Clara Elsa Lola Nora Tina'.split(' ');
  const he = 'Bruno Hugo Mateo Pablo Simón Ulises'.split(' ');
  const nouns = {
    f: `ardilla cabra oveja rana paloma tortuga selva colina granja cometa pelota hierba cuerda red montaña abuela
      niebla vez rosa tierra pala regadera pobre`,
    m: `búho zorro ratón pato sapo oso bosque valle jardín molino lago libro cajón mar puente farol mapa pastel fuego
      girasol limonero día final pozo pobre`,
    fs: 'brasas galletas patas dos',
    ms: 'buñuelos dos',
  };
  const among = (list: string, word: string) => list.split(/\s+/).includes(word);
  const articles: Record<string, string> = {
    el: nouns.m,
    al: nouns.m,
    del: nouns.m,
    un: nouns.m,
    la: nouns.f,
    una: nouns.f,
    los: nouns.ms,
    las: nouns.fs,
    unos: nouns.ms,
    unas: nouns.fs,
  };
  const verbsAfterPronoun = /^(encontró|encontraba|sacó)$/;
  const thingsOf: Record<string, string> = {
    cometa: 'la',
    pelota: 'la',
    libro: 'lo',
  };

  it('holds between articles and nouns in every sentence', () => {
    const wrong = new Set<string>();
    for (const { text } of everySentence('es')) {
      const pairs = text.matchAll(/(?<!\p{L})(el|al|del|un|una|la|los|las|unos|unas) (\p{L}+)/giu);
      for (const [pair, article, word] of pairs) {
        const pronoun = /^la$/i.test(article!) && verbsAfterPronoun.test(word!);
        const noNoun = /^al verl[oa]$/i.test(pair);
        if (!pronoun && !noNoun && !among(articles[article!.toLowerCase()]!, word!)) wrong.add(pair);
      }
    }
    expect([...wrong]).toEqual([]);
  });

  it('holds between the characters and all that is said of them', () => {
    const wrong = new Set<string>();
    const ending = (name: string) => (she.includes(name) ? 'a' : 'o');
    for (const { text, world } of everySentence('es')) {
      const [hero, friend] = [world.hero.name!, world.friend.name!];
      const check = (pattern: RegExp, expected: string) => {
        for (const match of text.matchAll(pattern)) if (match[1] !== expected) wrong.add(text);
      };
      check(/llamad(\p{L}+)/gu, ending(hero));
      check(/Al verl(\p{L}+) así/gu, ending(hero));
      const plural = she.includes(hero) && she.includes(friend) ? 'as' : 'os';
      check(/(?:content|fueron amig|rieron l)(\p{L}+)/gu, plural);
      for (const [, article, name] of text.matchAll(/(?<!\p{L})([Ee]l|[Ll]a) \p{Ll}+ (\p{Lu}\p{L}+)/gu)) {
        if ((article!.toLowerCase() === 'la') !== she.includes(name!)) wrong.add(text);
      }
    }
    expect([...wrong]).toEqual([]);
    // All of them, once: nobody is both hero and friend.
    const { hero, friend } = storyGrammar('es').source.ingredients;
    const names = [...hero, ...friend].map((entry) => entry.name!);
    expect(names.toSorted()).toEqual([...she, ...he].toSorted());
  });

  it('holds between a thing and its pronoun in every plot', () => {
    const { plot } = storyGrammar('es').source.ingredients;
    const withThing = plot.filter((entry) => entry.lo !== undefined);
    expect(withThing).toHaveLength(12);
    for (const entry of withThing) {
      const thing = entry.want!.split(' ').at(-1)!;
      expect(entry.lo, entry.want).toBe(thingsOf[thing]);
    }
    for (const entry of plot.filter((other) => other.lo === undefined)) {
      expect(JSON.stringify(entry)).not.toMatch(/plot\.lo/);
    }
  });
});

describe('English agreement', () => {
  it('holds between a, an and what follows, and between the hero and the pronouns', () => {
    const she = 'Daisy Lily Ruby'.split(' ');
    const wrong = new Set<string>();
    for (const { text, world } of everySentence('en')) {
      for (const [, article, letter] of text.matchAll(/\b(an?) (\w)/gi)) {
        if ((article!.toLowerCase() === 'an') !== /[aeiou]/.test(letter!)) wrong.add(text);
      }
      const others = she.includes(world.hero.name!) ? /\b(he|him|his)\b/i : /\b(she|her)\b/i;
      if (others.test(text)) wrong.add(text);
    }
    expect([...wrong]).toEqual([]);
    const kinds = storyGrammar('en').source.ingredients.hero.map((entry) => `${entry.he} ${entry.name}`);
    expect(kinds.filter((kind) => kind.startsWith('she')).toSorted()).toEqual(
      she.map((name) => `she ${name}`),
    );
  });
});

describe('parseStory', () => {
  const spanish =
    'La rana Lola vivía en el bosque. Lola soñaba con volar su cometa. Pero se le cayó al pozo y la pobre Lola lloró. ' +
    'Al verla así, el sapo Simón la sacó con una cuerda. Muy contentos, Lola y Simón volaron la cometa.';
  const english =
    'By the river lived a duck named Daisy. Daisy longed to see the sea. Oh no, she got lost in the fog! ' +
    'Her friend Sam the swan lit a lantern. At last, Daisy and Sam saw the sea.';
  const parses = (language: 'es' | 'en', story: string) =>
    parseStory(language, story).sentences.map((sentence) => sentence.parses);

  it('names the kinds of sentence and the characters', () => {
    const report = parseStory('es', spanish);
    expect(report.sentences.map(({ kind }) => kind)).toEqual([
      'opening',
      'wish',
      'trouble',
      'help',
      'ending',
    ]);
    expect(report).toMatchObject({ names: ['Lola', 'Simón'], consistent: true, whole: true });
    expect(parseStory('en', english)).toMatchObject({
      names: ['Daisy', 'Sam'],
      consistent: true,
      whole: true,
    });
  });

  it.each([
    ['es', 'a name that changes', spanish.replace('Lola lloró', 'Clara lloró'), []],
    ['es', 'a name that changes at the end', spanish.replace('Lola y Simón', 'Lola y Pablo'), []],
    ['es', 'a misspelt name', spanish.replace('Lola soñaba', 'Lolo soñaba'), [1]],
    ['es', 'a friend who is the hero', spanish.replace('Lola y Simón', 'Lola y Lola'), [4]],
    ['en', 'a name that changes', english.replace('Daisy longed', 'Lily longed'), []],
    ['en', 'a misspelt name', english.replace('Daisy and Sam', 'Daisy and Sim'), [4]],
  ] as const)('%s: notices %s', (language, _what, story, broken) => {
    const report = parseStory(language, story);
    expect(report).toMatchObject({ consistent: false, whole: false });
    expect(parses(language, story)).toEqual(
      [0, 1, 2, 3, 4].map((index) => !broken.some((at) => at === index)),
    );
  });

  it.each([
    ['es', 'names in exchanged parts', spanish.replace('Lola y Simón', 'Simón y Lola'), [4]],
    ['es', 'a misspelt word', spanish.replace('cuerda', 'cureda'), [3]],
    ['es', 'an article of the wrong gender', spanish.replace('La rana', 'El rana'), [0]],
    ['es', 'a noun of the wrong gender', spanish.replace('el sapo', 'la sapo'), [3]],
    ['es', 'a pronoun that is not the hero’s', spanish.replace('Al verla', 'Al verlo'), []],
    ['es', 'a pronoun that is not the thing’s', spanish.replace('la sacó', 'lo sacó'), []],
    ['es', 'a hero of the wrong gender', spanish.replace('la pobre', 'el pobre'), [2]],
    ['es', 'two friends of the wrong gender', spanish.replace('contentos', 'contentas'), [4]],
    ['es', 'a remedy for another trouble', spanish.replace('la sacó con una cuerda', 'trajo leña seca'), []],
    ['es', 'an ending of another wish', spanish.replace('volaron la cometa', 'vieron el mar'), []],
    ['es', 'an ending that mixes two wishes', spanish.replace('volaron', 'vieron'), [4]],
    ['es', 'two spaces', spanish.replace('. Lola', '.  Lola'), []],
    ['en', 'a misspelt word', english.replace('lantern', 'lantren'), [3]],
    ['en', 'an article that does not fit', english.replace('a duck', 'an duck'), [0]],
    ['en', 'a pronoun that is not the hero’s', english.replace('she got', 'he got'), []],
    ['en', 'a kind that is not the friend’s', english.replace('the swan', 'the mole'), [3]],
  ] as const)('%s: notices %s', (language, _what, story, broken) => {
    expect(story).not.toBe(language === 'es' ? spanish : english);
    expect(parses(language, story)).toEqual(
      [0, 1, 2, 3, 4].map((index) => !broken.some((at) => at === index)),
    );
    expect(parseStory(language, story)).toMatchObject({ whole: false, consistent: true });
  });

  it('notices a sentence that is missing, repeated or out of place', () => {
    for (const [language, story] of [
      ['es', spanish],
      ['en', english],
    ] as const) {
      const sentences = splitSentences(story);
      for (let index = 0; index < sentences.length; index++) {
        expect(parseStory(language, sentences.toSpliced(index, 1).join(' ')).whole).toBe(false);
        expect(parseStory(language, sentences.toSpliced(index, 0, sentences[index]!).join(' ')).whole).toBe(
          false,
        );
      }
      expect(parseStory(language, sentences.toReversed().join(' ')).whole).toBe(false);
      expect(parseStory(language, story.slice(0, -1)).whole).toBe(false);
    }
  });

  it.each([
    '',
    '   ',
    '.',
    '?!..',
    'ñ¡¡',
    'aaaa',
    'lLoL a.\n\nqué. .',
    'Lola',
    '{hero.name} y',
    '\u{1f525} a.b.c',
  ])('makes nothing of %j', (text) => {
    const report = parseStory('es', text);
    expect(report.sentences.some((sentence) => sentence.parses)).toBe(false);
    expect(report).toMatchObject({ consistent: false, whole: false });
  });

  it('splits any text into sentences', () => {
    expect(splitSentences(' Uno. ¡Ay, dos!  tres... \n cuatro')).toEqual([
      'Uno.',
      '¡Ay, dos!',
      'tres...',
      'cuatro',
    ]);
    expect(splitSentences(' \n ')).toEqual([]);
  });
});

describe('evaluateStories', () => {
  const [first, second, third] = storyCorpus({ language: 'es', seed: 1, count: 3, split: 'train' });
  const broken = splitSentences(second!).with(1, 'Lulú quiso.').join(' ');
  const evaluation = evaluateStories('es', [first!, `${first}\n`, broken, third!, ''], [first!]);

  it('counts sentences, whole stories, names kept and new stories', () => {
    const sentences = [first!, first!, broken, third!].flatMap(splitSentences).length;
    expect(evaluation).toEqual({
      stories: 5,
      sentences,
      parsedSentences: sentences - 1,
      parsedShare: (sentences - 1) / sentences,
      consistentStories: 3,
      consistentShare: 3 / 5,
      wholeStories: 3,
      wholeShare: 3 / 5,
      novelStories: 3,
      novelShare: 3 / 5,
      distinctStories: 4,
      distinctShare: 4 / 5,
    });
    expect(evaluateStories('es', [first!], new Set([first!])).novelShare).toBe(0);
    expect(() => evaluateStories('es', [], [])).toThrow(/at least one/);
  });

  it('finds no training story among the held-out ones', () => {
    const training = new Set(storyCorpus({ language: 'en', seed: 1, count: 500, split: 'train' }));
    const heldOut = storyCorpus({ language: 'en', seed: 1, count: 100, split: 'held-out' });
    expect(evaluateStories('en', heldOut, training)).toMatchObject({
      parsedShare: 1,
      consistentShare: 1,
      wholeShare: 1,
      novelShare: 1,
      distinctShare: 1,
    });
  });

  it('is put into words in both languages, never rounded up', () => {
    const figures = { ...evaluation, stories: 3, sentences: 16, parsedSentences: 15, wholeStories: 2 };
    expect(describeEvaluation(figures, 'es')).toEqual([
      '3 cuentos, 16 frases',
      'frases que siguen la gramática: 93,7\u00a0% (15 de 16)',
      'cuentos que no cambian los nombres: 100\u00a0% (3 de 3)',
      'cuentos completos, de principio a fin: 66,6\u00a0% (2 de 3)',
      'cuentos nuevos, que no están en el entrenamiento: 100\u00a0% (3 de 3)',
      'cuentos distintos entre sí: 133,3\u00a0% (4 de 3)',
    ]);
    expect(describeEvaluation(figures, 'en').slice(0, 3)).toEqual([
      '3 stories, 16 sentences',
      'sentences that follow the grammar: 93.7% (15 of 16)',
      'stories whose names stay the same: 100% (3 of 3)',
    ]);
  });
});

describe('a grammar', () => {
  const tiny: StoryGrammarSource = {
    ingredients: {
      hero: [
        { name: 'Eva', o: 'a' },
        { name: 'Ada', o: 'a' },
        { name: 'Leo', o: 'o' },
      ],
      friend: [
        { name: 'Eva', o: 'a' },
        { name: 'Leo', o: 'o' },
      ],
      both: [{ o: 'a' }, { o: 'o' }],
      place: [{ where: 'aquí' }, { where: 'allí' }],
      plot: [{ want: 'leer' }, { want: 'reír', mood: 'content{hero.o}' }, { want: 'cantar' }],
    },
    fits: (hero, friend, both) =>
      hero.name !== friend.name && both.o === (hero.o === 'a' && friend.o === 'a' ? 'a' : 'o'),
    sentences: {
      start: [
        '{hero.name} quiso {plot.want} {place.where}.',
        '{place.Where}, {hero.name} quiso {plot.want}.',
      ],
      end: ['{hero.name} y {friend.name} van junt{both.o}s.'],
      coda: ['Así fue.', 'Y ya.', '¡Fin!'],
    },
    shapes: [
      ['start', 'end'],
      ['start', 'end', 'coda'],
    ],
  };

  it('counts its stories, as writing all of them shows', () => {
    const grammar = new StoryGrammar(tiny);
    const { hero, friend, both, place, plot } = tiny.ingredients;
    const all = new Set<string>();
    for (const [h, f, b] of hero.flatMap((h) => friend.flatMap((f) => both.map((b) => [h, f, b] as const)))) {
      if (!tiny.fits(h, f, b)) continue;
      for (const world of place.flatMap((p) => plot.map((q) => ({ place: p, plot: q })))) {
        const told = { hero: h, friend: f, both: b, ...world };
        const write = (kind: string) => grammar.frames[kind]!.map((frame) => grammar.write(frame, told));
        for (const start of write('start')) {
          for (const end of write('end')) {
            all.add(`${start} ${end}`);
            for (const coda of write('coda')) all.add(`${start} ${end} ${coda}`);
          }
        }
      }
    }
    expect(grammar.count()).toBe(all.size);
    expect(all.size).toBe(4 * 2 * 3 * 2 * 4);
    const random = seededRandom(1);
    for (let index = 0; index < 200; index++) expect(all).toContain(grammar.generate(random).text);
    for (const text of all) expect([...grammar.readStory(text)]).toHaveLength(1);
  });

  it.each([
    [
      'an ingredient that is not there',
      '{villain.name} rio.',
      /\{villain\.name\}.*names no ingredient.*hero/,
    ],
    ['a form that an entry lacks', '{hero.kind} rio.', /\{hero\.kind\}.*is missing from.*Eva/],
    ['a stray brace', '{hero} rio.', /stray brace/],
  ])('refuses %s', (_what, frame, message) => {
    expect(() => new StoryGrammar({ ...tiny, sentences: { start: [frame] }, shapes: [['start']] })).toThrow(
      message,
    );
  });

  it('refuses a shape without its sentence, and a form that never ends', () => {
    expect(() => new StoryGrammar({ ...tiny, shapes: [['start', 'moral']] })).toThrow(
      /'moral'.*start, end, coda/,
    );
    const plot = [{ want: '{plot.need}', need: '{plot.want}' }];
    const endless = { ...tiny, ingredients: { ...tiny.ingredients, plot } };
    expect(() => new StoryGrammar(endless)).toThrow(/holds itself/);
  });
});

describe('storyCorpus', () => {
  it.each([
    [{ count: -1 }, /count.*whole number from 0 to \d+, not -1/],
    [{ count: 1.5 }, /count/],
    [{ count: 1e15 }, /count/],
    [{ seed: Number.NaN }, /seed.*whole number, not NaN/],
    [{ language: 'fr' as 'es' }, /'fr'; choose 'es' or 'en'/],
  ])('refuses %o', (wrong, message) => {
    const options = { language: 'es', seed: 1, count: 1, split: 'train', ...wrong } as const;
    expect(() => storyCorpus(options)).toThrow(message);
  });
});
