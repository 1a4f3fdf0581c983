import type { DataSetEntry } from './entry.ts';

/** Tables of the registry. */

/** A version of scikit-learn that stays as it is; its copies of iris and digits are what most people compare with. */
const scikitLearn = 'https://raw.githubusercontent.com/scikit-learn/scikit-learn/1.5.2/sklearn/datasets/data';

export const tables: readonly DataSetEntry[] = [
  {
    name: 'penguins',
    title: { es: 'Pingüinos de Palmer', en: 'Palmer penguins' },
    description: {
      es: '344 pingüinos de tres especies, medidos en la Antártida; faltan algunos datos, como en la vida.',
      en: '344 penguins of three species, measured in Antarctica; some values are missing, as in life.',
    },
    kind: 'table',
    format: {
      type: 'table',
      columns: [
        'species',
        'island',
        'bill_length_mm',
        'bill_depth_mm',
        'flipper_length_mm',
        'body_mass_g',
        'sex',
        'year',
      ],
      target: 'species',
      rows: 344,
      head: 'names',
    },
    licence: 'CC0',
    source: 'https://allisonhorst.github.io/palmerpenguins/',
    sets: [
      {
        files: [
          {
            role: 'table',
            name: 'penguins.csv',
            mirror: 'tables/penguins.csv',
            urls: [
              'https://raw.githubusercontent.com/allisonhorst/palmerpenguins/main/inst/extdata/penguins.csv',
            ],
            normalize: ['text'],
            downloadBytes: 15241,
            bytes: 15241,
            sha256: 'f204db2c753b0937caac3cb35258562c14f073e4bbc76be24b4c51ce22767a93',
          },
        ],
      },
    ],
  },
  {
    name: 'iris',
    title: { es: 'Flores iris', en: 'Iris' },
    description: {
      es: '150 flores de tres especies, con las medidas de sus sépalos y pétalos (Fisher, 1936).',
      en: '150 flowers of three species, by the measures of their sepals and petals (Fisher, 1936).',
    },
    kind: 'table',
    format: {
      type: 'table',
      columns: ['sepal_length_cm', 'sepal_width_cm', 'petal_length_cm', 'petal_width_cm', 'species'],
      target: 'species',
      rows: 150,
      head: 'counts',
      classes: ['setosa', 'versicolor', 'virginica'],
    },
    licence: 'CC BY 4.0',
    source: 'https://archive.ics.uci.edu/dataset/53/iris',
    sets: [
      {
        files: [
          {
            role: 'table',
            name: 'iris.csv',
            mirror: 'tables/iris.csv',
            urls: [`${scikitLearn}/iris.csv`],
            normalize: ['text'],
            downloadBytes: 2734,
            bytes: 2734,
            sha256: 'f13ffa8fdd56fd8e6c8d16d4081a3fbd3114bcd0aae4256c43205169cd9d1449',
          },
        ],
      },
    ],
  },
  {
    name: 'digits',
    title: { es: 'Dígitos de 8×8', en: 'Digits, 8×8' },
    description: {
      es: '1797 dígitos escritos a mano, de 8×8 píxeles que van de 0 a 16: 64 columnas y el dígito.',
      en: '1,797 handwritten digits of 8×8 pixels from 0 to 16: 64 columns and the digit.',
    },
    kind: 'table',
    format: {
      type: 'table',
      columns: [...Array.from({ length: 64 }, (_, i) => `pixel_${i >> 3}_${i & 7}`), 'digit'],
      target: 'digit',
      rows: 1797,
      head: 'none',
    },
    licence: 'CC BY 4.0',
    source: 'https://archive.ics.uci.edu/dataset/80/optical+recognition+of+handwritten+digits',
    sets: [
      {
        files: [
          {
            role: 'table',
            name: 'digits.csv.gz',
            mirror: 'tables/digits.csv.gz',
            urls: [`${scikitLearn}/digits.csv.gz`],
            normalize: ['gunzip', 'text'],
            bytes: 264712,
            sha256: '6ebb3d2fee246a4e99363262ddf8a00a3c41bee6014c373ed9d9216ba7f651b8',
          },
        ],
      },
    ],
  },
  {
    name: 'california-housing',
    aliases: ['cal-housing'],
    title: { es: 'Viviendas de California', en: 'California housing' },
    description: {
      es: '20 640 barrios de California en 1990: lugar, edad de las casas, ingresos y el valor mediano, en dólares.',
      en: '20,640 districts of California in 1990: place, age of houses, income, and the median value in dollars.',
    },
    kind: 'table',
    format: {
      type: 'table',
      columns: [
        'longitude',
        'latitude',
        'housing_median_age',
        'total_rooms',
        'total_bedrooms',
        'population',
        'households',
        'median_income',
        'median_house_value',
      ],
      target: 'median_house_value',
      rows: 20640,
      head: 'none',
    },
    licence: 'public domain (StatLib; Pace and Barry, 1997)',
    source: 'https://www.dcc.fc.up.pt/~ltorgo/Regression/cal_housing.html',
    sets: [
      {
        files: [
          {
            role: 'table',
            name: 'cal_housing.csv.gz',
            mirror: 'tables/cal_housing.csv.gz',
            normalize: ['gunzip', 'text'],
            bytes: 2071484,
            sha256: 'a2b44dcc7e1c9091b43c4f458b25cbd1f7e8068d08edd26bc4703108d3fa6214',
          },
        ],
      },
      {
        files: [
          {
            role: 'table',
            name: 'cal_housing.tgz',
            urls: [
              'https://ndownloader.figshare.com/files/5976036',
              'https://www.dcc.fc.up.pt/~ltorgo/Regression/cal_housing.tgz',
            ],
            normalize: ['gunzip', { member: 'CaliforniaHousing/cal_housing.data' }, 'text'],
            maximumBytes: 8 << 20,
          },
        ],
      },
    ],
  },
];
