/** Colours of the product by name: on paper, and at night. Texts have a contrast of at least 4.5:1 on both. */
const colours: Readonly<Record<string, readonly [light: string, dark: string]>> = {
  paper: ['#fcfaf6', '#14171a'],
  surface: ['#ffffff', '#1c2024'],
  sunken: ['#f4f1eb', '#0f1214'],
  ink: ['#1e1a17', '#f0ebe3'],
  'ink-2': ['#4a433d', '#ccc5ba'],
  muted: ['#6b625a', '#a39d94'],
  line: ['#e6e0d6', '#2d3338'],
  ember: ['#b93a10', '#ff8a52'],
  'ember-soft': ['#fce8dc', '#3b2319'],
  'ember-ink': ['#7f2507', '#ffc3a3'],
  flame: ['#f0a12e', '#ffc15e'],
  glow: ['rgb(240 150 60/.2)', 'rgb(255 138 70/.17)'],
  ash: ['#c9c1b5', '#4a5157'],
  'ok-soft': ['#e3f1e7', '#17302a'],
  'ok-ink': ['#1f5638', '#a6e3c0'],
  second: ['#1f6fa3', '#6bb4e3'],
  focus: ['#14506f', '#abd6f3'],
};

const palette = (which: 0 | 1): string =>
  Object.entries(colours)
    .map(([name, pair]) => `--${name}:${pair[which]}`)
    .join(';');

/** All that a report looks like. */
export const reportStyle = `
:root{color-scheme:light dark;${palette(0)};--text:"Atkinson Hyperlegible Next","Atkinson Next","Atkinson Hyperlegible",system-ui,sans-serif;--mono:"Atkinson Hyperlegible Mono","Atkinson Mono",ui-monospace,"Cascadia Mono",Menlo,monospace;--title:Piazzolla,"Iowan Old Style","Palatino Linotype",Palatino,Georgia,serif;--gutter:clamp(1rem,3.4vw,3rem)}
@media(prefers-color-scheme:dark){:root{${palette(1)}}}
@media print{:root{${palette(0)}}}
*,*::before,*::after{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;background:var(--paper)}
body{margin:0;background:var(--paper);color:var(--ink);font:400 1rem/1.45 var(--text);overflow-wrap:anywhere}
h1,h2,h3,p,ul,ol,dl,dd,figure,pre{margin:0;padding:0}
ul,ol{list-style:none}
h1,h2,h3{font-family:var(--title);font-weight:700;line-height:1.12;letter-spacing:-.012em;text-wrap:balance}
h1{font-size:clamp(2.15rem,1.6rem + 2.4vw,3.4rem)}
h2{font-size:clamp(1.5rem,1.35rem + .8vw,1.95rem)}
h3{font-size:1.15rem}
svg,img{display:block;max-width:100%}
.wrap{max-width:80rem;margin-inline:auto;padding-inline:var(--gutter)}
.skip{position:absolute;left:1rem;top:-5rem;background:var(--ink);color:var(--paper);padding:.5rem 1rem;border-radius:6px;z-index:2}
.skip:focus{top:.5rem}
:focus-visible{outline:3px solid var(--focus);outline-offset:2px;border-radius:6px}
.sr{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.n.wraps{white-space:normal}
.top{border-bottom:1px solid var(--line)}
.top .wrap{display:flex;align-items:center;justify-content:space-between;gap:1rem;min-height:3.75rem}
.brand{display:flex;align-items:center;gap:.55rem;font:740 1.4rem/1 var(--title);letter-spacing:-.015em}
.brand svg{width:1.75rem;height:1.75rem}
.muted,.where{color:var(--muted);font-size:.9rem}
.lit{fill:var(--ember)}.flame{fill:var(--flame)}
.head{display:flex;flex-wrap:wrap;justify-content:space-between;align-items:flex-end;gap:.9rem 2rem;padding-top:clamp(1.75rem,4vw,3rem)}
.head>div{max-width:56rem}
.where{margin-bottom:.35rem}
.lead{margin-top:.8rem;max-width:60ch;color:var(--ink-2);font-size:1.125rem;line-height:1.5}
.tag{display:inline-block;font-size:.8125rem;font-weight:600;padding:.2rem .65rem;border-radius:3px;background:var(--ember-soft);color:var(--ember-ink);white-space:nowrap}
.tag.ok{background:var(--ok-soft);color:var(--ok-ink)}
.wick{position:relative;height:4px;border-radius:4px;margin:1.9rem 6px 0;background:linear-gradient(to right,var(--ember) var(--p),var(--ash) var(--p))}
.wick::after{content:"";position:absolute;left:var(--p);top:50%;width:12px;height:12px;margin:-6px;border-radius:50%;background:var(--flame);box-shadow:0 0 0 2.5px var(--ember),0 0 0 9px var(--glow)}
.stats{display:flex;flex-wrap:wrap;justify-content:space-between;gap:1.1rem 2rem;padding:1.4rem 0 1.5rem;border-bottom:1px solid var(--line)}
.stats dt{font-size:.8125rem;color:var(--muted)}
.stats dt::first-letter{text-transform:uppercase}
.stats dd{font:700 clamp(1.5rem,2.2vw,2.1rem)/1.15 var(--title);font-variant-numeric:tabular-nums lining-nums}
.stats .s2{font:400 .8125rem/1.4 var(--text);color:var(--muted)}
main section{padding-top:clamp(2.2rem,4.5vw,3.25rem)}
.sec{display:flex;flex-wrap:wrap;justify-content:space-between;align-items:baseline;gap:.3rem 1.5rem;margin-bottom:1rem}
.keys{display:flex;flex-wrap:wrap;gap:.3rem 1.2rem;font-size:.9rem;color:var(--ink-2)}
.keys li::before{content:"";display:inline-block;width:1.5rem;vertical-align:.25em;margin-right:.45rem;border-top:3px solid var(--ember)}
.keys .kv::before{border-top:2px dashed var(--second)}
.keys .kr::before{border-color:color-mix(in srgb,var(--ember) 32%,transparent)}
.chart h3{margin-bottom:.7rem}.chart h3 small{font:400 .85rem/1.3 var(--text);color:var(--muted);letter-spacing:0;margin-left:.4rem}.small-charts h3 small{display:block;margin:.15rem 0 0}
.chart>p{margin-top:.6rem;font-size:.9rem;color:var(--ink-2)}
.small-charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,15rem),1fr));gap:2.2rem 2.5rem;margin-top:2.4rem}
.plot{display:grid;grid-template-columns:3.4rem minmax(0,1fr);grid-template-rows:9rem 1.6rem;font-size:.8125rem;color:var(--muted);font-variant-numeric:tabular-nums}
.plot.large{grid-template-rows:clamp(13rem,27vw,21rem) 1.6rem}
.ylabels,.xlabels,.field{position:relative}
.ylabels span{position:absolute;right:.65rem;transform:translateY(50%);white-space:nowrap;line-height:1}
.xlabels{grid-column:2}
.xlabels span{position:absolute;top:.5rem;transform:translateX(-50%);white-space:nowrap;line-height:1}
.xlabels span:first-child{transform:none}.xlabels span:last-child{transform:translateX(-100%)}
.field svg{position:absolute;inset:0;width:100%;height:100%;overflow:visible}
.field path{fill:none;vector-effect:non-scaling-stroke;stroke-linejoin:round}
path.grid{stroke:var(--line);stroke-width:1;fill:none}
.field .now{stroke:var(--ash);stroke-dasharray:2 3}
.field .raw{stroke:var(--ember);stroke-width:1.25;opacity:.3}
.field .tr{stroke:var(--ember);stroke-width:2.75}
.field .va{stroke:var(--second);stroke-width:1.75;stroke-dasharray:5 3}
.field .vm{stroke:var(--second);stroke-width:7;stroke-linecap:square}
.field .tip-ring{stroke:var(--ember);stroke-width:14;stroke-linecap:round}
.field .tip{stroke:var(--flame);stroke-width:9;stroke-linecap:round}
details{margin-top:.7rem;font-size:.9rem}
summary{cursor:pointer;color:var(--ink-2);width:fit-content;padding:.25rem 0;text-decoration:underline;text-decoration-color:var(--ember);text-underline-offset:.2em}
.scroll{overflow:auto;max-height:22rem;margin-top:.4rem}
table{border-collapse:collapse;width:100%;font-size:.9rem}
caption{text-align:left;font:700 1.15rem/1.2 var(--title);padding-bottom:.5rem}
th,td{padding:.45rem .9rem .45rem 0;border-bottom:1px solid var(--line);text-align:left;vertical-align:top;font-weight:400}
thead th.n{white-space:normal}
thead th{color:var(--muted);font-size:.8125rem}
tbody th{color:var(--ink-2)}
tr>:last-child{padding-right:0}
.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
td code,th code,code{font:400 .93em/1.4 var(--mono)}
td strong{font-weight:650}
tbody th code{overflow-wrap:normal}
td.n:has(code){white-space:normal}
.instead{display:block;font-size:.8125rem;color:var(--muted)}
.changed{font-weight:650;color:var(--ember)}
.now-sample{display:grid;gap:1.5rem 2.5rem}
@media(min-width:56rem){.now-sample.pictures{grid-template-columns:minmax(0,3fr) minmax(0,2fr)}.two{grid-template-columns:repeat(2,minmax(0,1fr))}}
.picture{margin:0}
.picture img{width:100%;height:auto;image-rendering:pixelated;border-radius:6px;border:1px solid var(--line);background:var(--surface)}
figcaption{display:flex;align-items:center;gap:.5rem;font-size:.8125rem;color:var(--muted);margin-bottom:.5rem;font-variant-numeric:tabular-nums}
figcaption::before{content:"";width:10px;height:10px;border-radius:50%;background:var(--ember);flex:none}
.here>figcaption{color:var(--ink);font-weight:600}
.here>figcaption::before{background:var(--flame);box-shadow:0 0 0 2.5px var(--ember),0 0 0 7px var(--glow);margin:0 .3rem 0 .2rem}
.before.wide{grid-template-columns:repeat(auto-fill,minmax(min(100%,22rem),1fr))}
.before{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,11rem),1fr));gap:1.4rem;align-content:start}
blockquote{margin:0;font:400 1.15rem/1.55 var(--title);white-space:pre-wrap;border-left:3px solid var(--ember);padding:.1rem 0 .1rem 1.1rem;max-width:70ch}
.before blockquote{font-size:.97rem;line-height:1.45;border-left:0;padding:0;color:var(--ink-2)}
.roll{width:100%;height:11rem;background:var(--sunken);border-radius:6px}.before .roll{height:5.5rem}
.roll .note{fill:var(--ember)}.roll .grid{stroke:var(--line);vector-effect:non-scaling-stroke}
a{color:inherit;text-decoration:underline;text-decoration-color:var(--ember);text-underline-offset:.18em}
.two{display:grid;gap:2.2rem 3rem;align-items:start}
.stack{display:grid;gap:2.2rem}
.commands{display:grid;gap:1rem}
.commands p{font-size:.9rem;color:var(--ink-2);margin-bottom:.35rem}
.commands p::first-letter{text-transform:uppercase}
pre{background:var(--sunken);border:1px solid var(--line);border-radius:6px;padding:.7rem .9rem;white-space:pre-wrap;overflow-wrap:anywhere;font:400 .9rem/1.5 var(--mono)}
pre code{font:inherit;user-select:all}
footer{border-top:1px solid var(--line);margin-top:4rem;padding-block:1.4rem;color:var(--muted);font-size:.9rem}
@media(max-width:34rem){.minor{display:none}.stats{display:grid;grid-template-columns:1fr 1fr}.plot{grid-template-columns:3rem minmax(0,1fr)}.top .muted{font-size:.8125rem;text-align:right}}
@media print{.skip,details{display:none}section{break-inside:avoid}}
`.trim();
