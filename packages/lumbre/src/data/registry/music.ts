import type { DataSetEntry } from './entry.ts';

/** Music of the registry. */
export const music: readonly DataSetEntry[] = [
  {
    name: 'jsb-chorales',
    aliases: ['chorales'],
    title: { es: 'Corales de Bach', en: "Bach's chorales" },
    description: {
      es: '382 corales a cuatro voces, negra por negra, en números MIDI; con los cortes de Boulanger-Lewandowski (2012).',
      en: '382 chorales in four voices, quarter note by quarter note, as MIDI numbers; split as by Boulanger-Lewandowski (2012).',
    },
    kind: 'music',
    format: { type: 'chorales' },
    licence: 'public domain',
    source: 'https://github.com/czhuang/JSB-Chorales-dataset',
    sets: [
      {
        files: [
          {
            role: 'pieces',
            name: 'jsb-chorales-quarter.json',
            mirror: 'music/jsb-chorales-quarter.json',
            urls: [
              'https://raw.githubusercontent.com/czhuang/JSB-Chorales-dataset/master/jsb-chorales-quarter.json',
            ],
            normalize: ['text'],
            downloadBytes: 407200,
            bytes: 407200,
            sha256: '2db9329f1881a1d3f49703ec556bf1d6f84b4f6c1d702c156536e93cf31e1c91',
          },
        ],
      },
    ],
  },
];
