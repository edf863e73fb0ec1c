// How pages look. Every text has a contrast of at least 4.5 against what it stands on, in light and
// in dark; arms differ by their dashes too, verdicts by their words.
#pragma once

namespace bench::results {

inline constexpr char kPageStyle[] = R"(
:root{color-scheme:light dark;--back:#fff;--text:#1b1f24;--soft:#57606a;--line:#d0d7de;--zone:#e7ebef;
--good:#116329;--bad:#b3151d;--open:#7d4e00;--arm0:#1f5fbf;--arm1:#b3470b;--arm2:#1a7f37;--arm3:#8250df}
@media (prefers-color-scheme:dark){:root{--back:#14171a;--text:#e6e9ec;--soft:#a3acb5;--line:#363c43;
--zone:#252a30;--good:#6bdb86;--bad:#ff8f88;--open:#e5b454;--arm0:#7db3ff;--arm1:#ffa657;--arm2:#6bdb86;
--arm3:#d2a8ff}}
*{box-sizing:border-box}
body{margin:0 auto;padding:1rem;max-width:82rem;background:var(--back);color:var(--text);
font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
h1{font-size:1.5rem;line-height:1.25;margin:0 0 .5rem}
h2{font-size:1.2rem;margin:2.5rem 0 .5rem;padding-top:.5rem;border-top:1px solid var(--line)}
h3{font-size:1rem;margin:1.5rem 0 .5rem}
p,ul{margin:.5rem 0}
td ul{margin:0}
ul{padding-left:1.2rem}
a{color:var(--arm0)}
a:focus-visible,summary:focus-visible{outline:3px solid var(--arm0);outline-offset:2px}
nav ul{list-style:none;padding:0;display:flex;flex-wrap:wrap;gap:.25rem 1rem}
.outcome{font-weight:600;font-size:1.1rem;border-left:.4rem solid currentColor;padding-left:.6rem}
.outcome.pass{color:var(--good)}.outcome.fail{color:var(--bad)}.outcome.open{color:var(--open)}
.soft,figcaption,caption{color:var(--soft)}
figcaption strong{color:var(--text)}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem .75rem;margin:.5rem 0}
dt{color:var(--soft)}dd{margin:0}
table{border-collapse:collapse;width:100%;margin:.75rem 0;font-variant-numeric:tabular-nums}
caption{text-align:left;padding-bottom:.25rem}
th,td{text-align:left;vertical-align:top;padding:.3rem .75rem .3rem 0;border-bottom:1px solid var(--line);
font-weight:400}
thead th{color:var(--soft);overflow-wrap:normal}
tbody th{font-weight:600;min-width:11rem}
.short{white-space:nowrap}
tr.pass td:last-child{color:var(--good)}
tr.fail td:last-child{color:var(--bad);font-weight:600}
tr.open td:last-child{color:var(--open);font-weight:600}
td small{display:block;font-weight:400;color:var(--soft)}
details{margin:.75rem 0}
summary{cursor:pointer;color:var(--arm0)}
pre{white-space:pre-wrap;font-size:.85rem;border-left:.2rem solid var(--line);padding-left:.75rem}
.charts{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,21rem),1fr));gap:1rem 1.5rem}
figure{margin:0;min-width:0}
figure svg{display:block;width:100%;height:auto}
svg text{font-size:12px;fill:var(--soft)}
path{fill:none;vector-effect:non-scaling-stroke;stroke-linecap:round;stroke-linejoin:round}
.grid{stroke:var(--line);stroke-width:1px}
.arm0{color:var(--arm0)}.arm1{color:var(--arm1)}.arm2{color:var(--arm2)}.arm3{color:var(--arm3)}
.run{stroke:currentColor;stroke-width:1px;opacity:.4}
.median{stroke:currentColor;stroke-width:2px}
.arm1 .median{stroke-dasharray:7 4}.arm2 .median{stroke-dasharray:2 4}.arm3 .median{stroke-dasharray:9 3 2 3}
.band{fill:currentColor;opacity:.16}
.dots{stroke:currentColor;stroke-width:6px}
.run+.dots{stroke-width:5px}
.centre{stroke:var(--text);stroke-width:2px}
.interval{stroke:currentColor;stroke-width:2px}
.pair{stroke:var(--soft);stroke-width:1px;opacity:.45}
.margin{fill:var(--zone)}
.bar{display:block;width:100%;min-width:4rem;height:1.1rem}
.bar path{stroke:currentColor;stroke-width:.5rem;stroke-linecap:butt}
.swatch{width:2rem;height:.75rem;margin-right:.4rem}
.legend{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;list-style:none;padding:0}
footer{margin-top:3rem;border-top:1px solid var(--line);padding-top:.5rem}
@media (max-width:52rem){
table,tbody,tr,th,td,caption{display:block;width:100%}
thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
tr{border-bottom:1px solid var(--line);padding:.4rem 0}
th,td{border:0;padding:.05rem 0}
td{display:grid;grid-template-columns:7rem 1fr}
td::before{content:attr(data-column);color:var(--soft);font-weight:400}
td:has(span:empty){display:none}}
@media print{details>*{display:block}}
)";

}  // namespace bench::results
