import type { DataFile, DataSetEntry, FileRole } from './entry.ts';

/** Images of the registry. */

interface IdxFacts {
  readonly downloadBytes: number;
  readonly bytes: number;
  readonly sha256?: string;
}

const idxNames: readonly (readonly [role: FileRole, name: string])[] = [
  ['images', 'train-images-idx3-ubyte.gz'],
  ['labels', 'train-labels-idx1-ubyte.gz'],
  ['test-images', 't10k-images-idx3-ubyte.gz'],
  ['test-labels', 't10k-labels-idx1-ubyte.gz'],
];

/** The four files of MNIST, and of all that took its place. */
const idxFiles = (folder: string, hosts: readonly string[], facts: readonly IdxFacts[]): DataFile[] =>
  idxNames.map(([role, name], i) => ({
    role,
    name,
    mirror: `${folder}/${name}`,
    urls: hosts.map((host) => `${host}/${name}`),
    normalize: ['gunzip'],
    ...(facts[i] as IdxFacts),
  }));

const mnistFiles = idxFiles(
  'images/mnist',
  ['https://storage.googleapis.com/cvdf-datasets/mnist', 'https://ossci-datasets.s3.amazonaws.com/mnist'],
  [
    { downloadBytes: 9912422, bytes: 47040016 },
    { downloadBytes: 28881, bytes: 60008 },
    {
      downloadBytes: 1648877,
      bytes: 7840016,
      sha256: '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7',
    },
    {
      downloadBytes: 4542,
      bytes: 10008,
      sha256: 'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2',
    },
  ],
);

const QUICKDRAW = 'https://storage.googleapis.com/quickdraw_dataset/full/numpy_bitmap';
/** Of each class; all of them would be 100 MB a class. */
const DRAWINGS = 10_000;
const DRAWING_BYTES = 28 * 28;
/** More than NumPy's header has. */
const HEADER_BYTES = 128;

const drawings = (name: string, plural: string, sha256: string): { mirror: DataFile; public: DataFile } => ({
  mirror: {
    role: 'images',
    name: `quickdraw-${plural}-1000x28x28-u8.bin.gz`,
    mirror: `images/quickdraw-${plural}-1000x28x28-u8.bin.gz`,
    normalize: ['gunzip'],
    bytes: 1000 * DRAWING_BYTES,
    sha256,
  },
  public: {
    role: 'images',
    name: `${name}-${DRAWINGS}.npy`,
    urls: [`${QUICKDRAW}/${name}.npy`],
    firstBytes: HEADER_BYTES + DRAWINGS * DRAWING_BYTES,
    downloadBytes: HEADER_BYTES + DRAWINGS * DRAWING_BYTES,
    normalize: [],
    maximumBytes: HEADER_BYTES + DRAWINGS * DRAWING_BYTES,
  },
});

const quickdraw = [
  drawings('cat', 'cats', 'f0bf71131cbe74e2eb8bfbdb1839ce00fb71052f00714b4ce0ac536ec2993e8e'),
  drawings('rainbow', 'rainbows', '63d27ef67455394a7730cfc2760017ffe78e686253da1d388e67d5a29156debf'),
  drawings('train', 'trains', 'ba058382467471cf3d73813b0cd82e559b875460f70eb7fd766e25e480608513'),
];

export const images: readonly DataSetEntry[] = [
  {
    name: 'mnist',
    title: { es: 'Dígitos de MNIST', en: 'MNIST digits' },
    description: {
      es: '70 000 dígitos escritos a mano, de 28×28 píxeles en gris: 60 000 para entrenar y 10 000 de prueba.',
      en: '70,000 handwritten digits of 28×28 grey pixels: 60,000 for training and 10,000 for testing.',
    },
    kind: 'image',
    format: { type: 'idx', labelNames: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'] },
    licence: 'CC BY-SA 3.0 (LeCun, Cortes and Burges)',
    source: 'http://yann.lecun.com/exdb/mnist/',
    sets: [
      { files: mnistFiles },
      {
        files: [
          {
            role: 'images',
            name: 'train10k-images-idx3-ubyte.gz',
            mirror: 'images/mnist/train10k-images-idx3-ubyte.gz',
            normalize: ['gunzip'],
            bytes: 7840016,
            sha256: '87ff80b1af14cbb3cd72b14f87b48775177b2bbd6ad1b2645c25bd389d95c284',
          },
          {
            role: 'labels',
            name: 'train10k-labels-idx1-ubyte.gz',
            mirror: 'images/mnist/train10k-labels-idx1-ubyte.gz',
            normalize: ['gunzip'],
            bytes: 10008,
            sha256: 'abc1ca0c0af29e09d56751fab3baff6f96ac830fe542e7e091e7f3ed8afce81d',
          },
          ...mnistFiles.slice(2),
        ],
        note: {
          es: 'con 10 000 de los 60 000 dígitos para entrenar',
          en: 'with 10,000 of the 60,000 digits for training',
        },
      },
    ],
  },
  {
    name: 'fashion-mnist',
    aliases: ['fashion'],
    title: { es: 'Prendas de Fashion-MNIST', en: 'Fashion-MNIST garments' },
    description: {
      es: '70 000 prendas de diez clases, de 28×28 píxeles en gris: 60 000 para entrenar y 10 000 de prueba.',
      en: '70,000 garments of ten classes, 28×28 grey pixels: 60,000 for training and 10,000 for testing.',
    },
    kind: 'image',
    format: {
      type: 'idx',
      labelNames: [
        'T-shirt/top',
        'Trouser',
        'Pullover',
        'Dress',
        'Coat',
        'Sandal',
        'Shirt',
        'Sneaker',
        'Bag',
        'Ankle boot',
      ],
    },
    licence: 'MIT',
    source: 'https://github.com/zalandoresearch/fashion-mnist',
    sets: [
      {
        files: idxFiles(
          'images/fashion-mnist',
          [
            'https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion',
            'http://fashion-mnist.s3-website.eu-central-1.amazonaws.com',
          ],
          [
            {
              downloadBytes: 26421880,
              bytes: 47040016,
              sha256: 'c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888',
            },
            {
              downloadBytes: 29515,
              bytes: 60008,
              sha256: 'bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9',
            },
            {
              downloadBytes: 4422102,
              bytes: 7840016,
              sha256: '5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b',
            },
            {
              downloadBytes: 5148,
              bytes: 10008,
              sha256: '0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34',
            },
          ],
        ),
      },
    ],
  },
  {
    name: 'pixel-faces',
    aliases: ['faces', 'caras'],
    title: { es: 'Caras de píxeles', en: 'Pixel faces' },
    description: {
      es: '4000 caras distintas de 16×16 píxeles en color; se sabe cuáles llevan lentes o sombrero.',
      en: '4,000 different faces of 16×16 pixels in colour; labels tell who wears glasses or a hat.',
    },
    kind: 'image',
    format: { type: 'pixels', height: 16, width: 16, channels: 3, about: 'faces' },
    licence: 'CC0 (design by Plastic Jam; code of @dicebear/pixel-art, MIT)',
    source: 'https://www.dicebear.com/styles/pixel-art/',
    generated: true,
    sets: [
      {
        files: [
          {
            role: 'images',
            name: 'pixel-faces-4000x16x16x3-u8.bin.gz',
            mirror: 'images/pixel-faces-4000x16x16x3-u8.bin.gz',
            normalize: ['gunzip'],
            bytes: 4000 * 16 * 16 * 3,
            sha256: '398fbc249d555359a0f890dc594ef84545be8a3ddf4c26521693394ba8528427',
          },
          {
            role: 'labels',
            name: 'pixel-faces-labels.json',
            mirror: 'images/pixel-faces-labels.json',
            normalize: ['text'],
            bytes: 80001,
            sha256: '7b0790ddc72182e516f59601c85652017f87f79601bdaa98cf85db0af7711276',
          },
        ],
      },
    ],
  },
  {
    name: 'monsters',
    aliases: ['monstruos'],
    title: { es: 'Monstruos', en: 'Monsters' },
    description: {
      es: '695 monstruos de un juego de rol, de 32×32 píxeles con transparencia, cada uno con su nombre.',
      en: '695 monsters of a role-playing game, 32×32 pixels with transparency, each with its name.',
    },
    kind: 'image',
    format: { type: 'pixels', height: 32, width: 32, channels: 4, about: 'names' },
    licence: 'CC0',
    source: 'https://github.com/crawl/tiles',
    sets: [
      {
        files: [
          {
            role: 'images',
            name: 'monsters-695x32x32x4-u8.bin.gz',
            mirror: 'images/monsters-695x32x32x4-u8.bin.gz',
            normalize: ['gunzip'],
            bytes: 695 * 32 * 32 * 4,
            sha256: '9f3dffde57e382e2517f439ab63eb315ef83a937e7f463af4e55405ed35ac133',
          },
          {
            role: 'names',
            name: 'monsters-names.json',
            mirror: 'images/monsters-names.json',
            normalize: ['text'],
            bytes: 23932,
            sha256: '421f3227ff25aa492fa76bc272b8178dbf8203e682154718b7bea128445eb245',
          },
        ],
      },
    ],
    mirrorOnly: {
      es: 'se publica como cientos de archivos PNG sueltos, en el repositorio del juego',
      en: 'it is published as hundreds of single PNG files, in the repository of the game',
    },
  },
  {
    name: 'twemoji',
    aliases: ['emoji'],
    title: { es: 'Emojis de Twemoji', en: 'Twemoji' },
    description: {
      es: 'Unos 3780 emojis de 32×32 píxeles con transparencia.',
      en: 'Some 3,780 emoji of 32×32 pixels with transparency.',
    },
    kind: 'image',
    format: { type: 'sheet', cell: 32, border: 1, columns: 62 },
    licence: 'CC BY 4.0 (Twitter and other contributors)',
    source: 'https://github.com/iamcal/emoji-data',
    sets: [
      {
        files: [
          {
            role: 'images',
            name: 'twemoji-sheet-32.png',
            mirror: 'images/twemoji-sheet-32.png',
            urls: ['https://cdn.jsdelivr.net/npm', 'https://unpkg.com'].map(
              (host) => `${host}/emoji-datasource-twitter@16.0.0/img/twitter/sheets-256/32.png`,
            ),
            normalize: [],
            downloadBytes: 1331669,
            bytes: 1331669,
            sha256: '179a0b9e7e4c537f167f11e17be3ebbbec232b7ab54b43590ffe9bef87283b7a',
          },
        ],
      },
    ],
  },
  {
    name: 'quickdraw',
    aliases: ['garabatos'],
    title: { es: 'Garabatos de Quick, Draw!', en: 'Quick, Draw! doodles' },
    description: {
      es: 'Gatos, arcoíris y trenes, dibujados en veinte segundos por quien pasaba por ahí; 28×28 píxeles en gris.',
      en: 'Cats, rainbows and trains, drawn in twenty seconds by whoever came along; 28×28 grey pixels.',
    },
    kind: 'image',
    format: {
      type: 'pixels',
      height: 28,
      width: 28,
      channels: 1,
      classes: ['cat', 'rainbow', 'train'],
    },
    licence: 'CC BY 4.0 (Google)',
    source: 'https://github.com/googlecreativelab/quickdraw-dataset',
    sets: [
      {
        files: quickdraw.map((files) => files.mirror),
        note: { es: '1000 dibujos de cada clase', en: '1,000 drawings of each class' },
      },
      {
        files: quickdraw.map((files) => files.public),
        note: {
          es: 'los primeros 10 000 dibujos de cada clase',
          en: 'the first 10,000 drawings of each class',
        },
      },
    ],
  },
];
