import type { DataFile, DataSetEntry } from './entry.ts';

/** Texts of the registry. */

const gutenberg = (book: number, name: string): DataFile => ({
  role: 'text',
  name,
  urls: [
    `https://www.gutenberg.org/cache/epub/${book}/pg${book}.txt`,
    `https://www.gutenberg.org/files/${book}/${book}-0.txt`,
  ],
  normalize: ['gutenberg'],
  maximumBytes: 16 << 20,
});

export const texts: readonly DataSetEntry[] = [
  {
    name: 'quijote',
    title: { es: 'Don Quijote de la Mancha', en: 'Don Quixote, in Spanish' },
    description: {
      es: 'Las dos partes de la novela de Cervantes, con el español de 1605 y 1615: 2,1 millones de caracteres.',
      en: "Both parts of Cervantes's novel in the Spanish of 1605 and 1615: 2.1 million characters.",
    },
    kind: 'text',
    format: { type: 'text' },
    licence: 'public domain',
    source: 'https://www.gutenberg.org/ebooks/2000',
    sets: [
      {
        files: [
          {
            role: 'text',
            name: 'quijote.txt',
            mirror: 'text/quijote.txt',
            normalize: ['text'],
            bytes: 2155303,
            sha256: '90bcb9dd312a473a72ecb2c4b5f80a2332b4d138887d5143836d8b403a95a16b',
          },
        ],
      },
      // Project Gutenberg corrects its books now and then, so that no hash would hold for long.
      { files: [gutenberg(2000, 'pg2000.txt')] },
    ],
  },
  {
    name: 'sonetos',
    title: { es: 'Sonetos en español', en: 'Spanish sonnets' },
    description: {
      es: '4305 sonetos de los siglos XV a XIX, separados por dos líneas en blanco.',
      en: '4,305 Spanish sonnets of the 15th to the 19th century, two empty lines between them.',
    },
    kind: 'text',
    format: { type: 'text' },
    licence: 'CC BY 4.0',
    source: 'https://github.com/pruizf/disco',
    sets: [
      {
        files: [
          {
            role: 'text',
            name: 'sonetos.txt',
            mirror: 'text/sonetos.txt',
            normalize: ['text'],
            bytes: 2285093,
            sha256: '4d836814c783c75bd22f31698a333ea8c67941dd474ef97023a26c88f76f75d1',
          },
        ],
      },
    ],
    mirrorOnly: {
      es: 'el corpus DISCO se publica como miles de archivos TEI, un autor en cada uno',
      en: 'the DISCO corpus is published as thousands of TEI files, one for each author',
    },
  },
  {
    name: 'martin-fierro',
    title: { es: 'Martín Fierro', en: 'Martín Fierro' },
    description: {
      es: 'El poema gauchesco de José Hernández: la ida (1872) y la vuelta (1879), unos 7200 versos.',
      en: "José Hernández's poem of the gauchos, in Spanish: both parts (1872, 1879), some 7,200 lines.",
    },
    kind: 'text',
    format: { type: 'text' },
    licence: 'public domain',
    source: 'https://www.gutenberg.org/ebooks/14765',
    sets: [
      {
        files: [
          {
            role: 'text',
            name: 'martin-fierro.txt',
            mirror: 'text/martin-fierro.txt',
            normalize: ['text'],
            bytes: 190722,
            sha256: 'a6ce4aff789c6f4d6f5375026795f08bb33fd2c65f2f912f7280af21c575c360',
          },
        ],
      },
      {
        files: [gutenberg(14765, 'pg14765.txt'), gutenberg(15066, 'pg15066.txt')],
        note: {
          es: 'con los prólogos de la edición de Project Gutenberg',
          en: "with the prefaces of Project Gutenberg's edition",
        },
      },
    ],
  },
  {
    name: 'tinyshakespeare',
    aliases: ['shakespeare'],
    title: { es: 'Shakespeare, en pequeño', en: 'Tiny Shakespeare' },
    description: {
      es: '40 000 líneas de las obras de Shakespeare, en inglés: el texto con el que se prueban casi todos los modelos de caracteres.',
      en: "40,000 lines of Shakespeare's plays: what most character models are tried on.",
    },
    kind: 'text',
    format: { type: 'text' },
    licence: 'public domain',
    source: 'https://github.com/karpathy/char-rnn',
    sets: [
      {
        files: [
          {
            role: 'text',
            name: 'tinyshakespeare.txt',
            mirror: 'text/tinyshakespeare.txt',
            urls: [
              'https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/input.txt',
            ],
            normalize: ['text'],
            downloadBytes: 1115394,
            bytes: 1115394,
            sha256: '86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed',
          },
        ],
      },
    ],
  },
  {
    name: 'names',
    aliases: ['names-en'],
    title: { es: 'Nombres en inglés', en: 'English names' },
    description: {
      es: '32 033 nombres de pila de Estados Unidos, en minúsculas, uno por línea.',
      en: '32,033 first names from the United States, in lower case, one a line.',
    },
    kind: 'text',
    format: { type: 'lines' },
    licence: 'MIT',
    source: 'https://github.com/karpathy/makemore',
    sets: [
      {
        files: [
          {
            role: 'text',
            name: 'names-en.txt',
            mirror: 'text/names-en.txt',
            urls: ['https://raw.githubusercontent.com/karpathy/makemore/master/names.txt'],
            normalize: ['text'],
            downloadBytes: 228145,
            bytes: 228145,
            sha256: '0a30b5557f192f32ab962680889aac5f6fda0f4cecf40a6d0b5694f58ea8cc4d',
          },
        ],
      },
    ],
  },
  {
    name: 'nombres',
    aliases: ['nombres-es'],
    title: { es: 'Nombres en español', en: 'Spanish names' },
    description: {
      es: '319 nombres de pila, con sus tildes, uno por línea.',
      en: '319 Spanish first names with their accents, one a line.',
    },
    kind: 'text',
    format: { type: 'lines' },
    licence: 'MIT',
    source: 'https://github.com/faker-js/faker/tree/next/src/locales/es/person',
    sets: [
      {
        files: [
          {
            role: 'text',
            name: 'nombres-es.txt',
            mirror: 'text/nombres-es.txt',
            normalize: ['text'],
            bytes: 2671,
            sha256: '0aecbda174231a3fa20857a11ff619c9127852d88192ba40d38184d914731e6a',
          },
        ],
      },
    ],
    mirrorOnly: {
      es: 'la lista sale del código de @faker-js/faker, que no la publica como archivo de texto',
      en: 'the list is part of the code of @faker-js/faker, which does not publish it as a text',
    },
  },
];
