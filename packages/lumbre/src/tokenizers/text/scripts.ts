/** The scripts that the reference knows, those first that are met most. */
const names =
  'Latin Common Han Cyrillic Arabic Hiragana Katakana Hangul Greek Devanagari Adlam Ahom ' +
  'Anatolian_Hieroglyphs Armenian Avestan Balinese Bamum Bassa_Vah Batak Bengali Bhaiksuki Bopomofo ' +
  'Brahmi Braille Buginese Buhid Canadian_Aboriginal Carian Caucasian_Albanian Chakma Cham Cherokee ' +
  'Coptic Cuneiform Cypriot Deseret Duployan Egyptian_Hieroglyphs Elbasan Ethiopic Georgian Glagolitic ' +
  'Gothic Grantha Gujarati Gurmukhi Hanunoo Hatran Hebrew Imperial_Aramaic Inherited ' +
  'Inscriptional_Pahlavi Inscriptional_Parthian Javanese Kaithi Kannada Kayah_Li Kharoshthi Khmer ' +
  'Khojki Khudawadi Lao Lepcha Limbu Linear_A Linear_B Lisu Lycian Lydian Mahajani Malayalam Mandaic ' +
  'Manichaean Marchen Meetei_Mayek Mende_Kikakui Meroitic_Cursive Meroitic_Hieroglyphs Miao Modi ' +
  'Mongolian Mro Multani Myanmar Nabataean New_Tai_Lue Newa Nko Ogham Ol_Chiki Old_Hungarian Old_Italic ' +
  'Old_North_Arabian Old_Permic Old_Persian Old_South_Arabian Old_Turkic Oriya Osage Osmanya ' +
  'Pahawh_Hmong Palmyrene Pau_Cin_Hau Phags_Pa Phoenician Psalter_Pahlavi Rejang Runic Samaritan ' +
  'Saurashtra Sharada Shavian Siddham SignWriting Sinhala Sora_Sompeng Sundanese Syloti_Nagri Syriac ' +
  'Tagalog Tagbanwa Tai_Le Tai_Tham Tai_Viet Takri Tamil Tangut Telugu Thaana Thai Tibetan Tifinagh ' +
  'Tirhuta Ugaritic Vai Warang_Citi Yi';

let tests: { readonly name: string; readonly has: RegExp }[] | undefined;
const known = new Map<string, string>();

function lookUp(character: string): string {
  tests ??= names.split(' ').map((name) => ({ name, has: new RegExp(`\\p{Script=${name}}`, 'u') }));
  const name = tests.find(({ has }) => has.test(character))?.name ?? 'Any';
  return name === 'Hiragana' || name === 'Katakana' ? 'Han' : name;
}

/** The script of a character as sentencepiece sees it: kana are Han, a space and what is unassigned are `Any`. */
export function scriptOf(character: string): string {
  if (character === ' ') return 'Any';
  if (character === '\u30fc') return 'Han';
  let script = known.get(character);
  if (script === undefined) {
    script = lookUp(character);
    if (known.size > 50_000) known.clear();
    known.set(character, script);
  }
  return script;
}
