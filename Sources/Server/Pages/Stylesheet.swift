/// The one stylesheet. Colours are pairs of at least 4.5 : 1 (WCAG 2.2, 1.4.3) in both schemes; nothing is said by colour
/// alone.
let stylesheetText = """
    :root{color-scheme:light dark;--bg:#f6f5f0;--card:#fff;--ink:#1b2023;--soft:#555d63;--line:#dcd9cf;--accent:#0c5a5a;\
    --fill:#2f7f7c;--band:#bcdcd8;--code:#efede5;--warn:#7a4a00;--warnbg:#fbf1dd}
    @media (prefers-color-scheme:dark){:root{--bg:#121619;--card:#1a2024;--ink:#e9e7e1;--soft:#a7b0b6;--line:#333c42;\
    --accent:#7fd1c8;--fill:#55aaa2;--band:#2b5552;--code:#20282d;--warn:#f0c987;--warnbg:#2e2718}}
    *{box-sizing:border-box}
    html{-webkit-text-size-adjust:100%;scroll-padding-top:1rem}
    body{margin:0;background:var(--bg);color:var(--ink);font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,\
    "Helvetica Neue","Liberation Sans",sans-serif;overflow-wrap:anywhere}
    h1,h2,h3,p,ul,ol,dl,dd,figure,table,pre{margin:0;padding:0}
    h1,h2,.headline strong,.count strong{font-family:"Iowan Old Style",Charter,"Bitstream Charter",Georgia,\
    "Liberation Serif",serif;font-weight:600;letter-spacing:-.01em;line-height:1.15}
    h1{font-size:clamp(2.2rem,7vw,3.6rem)}
    h2{font-size:1.7rem}
    h3{font-size:1.1rem;line-height:1.3}
    ul,ol{list-style:none}
    small{font-size:.85em;color:var(--soft)}
    a{color:var(--accent);text-underline-offset:.18em;text-decoration-thickness:1px}
    a:hover{text-decoration-thickness:2px}
    :focus-visible{outline:3px solid var(--accent);outline-offset:3px;border-radius:3px}
    code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;font-size:.875rem}
    pre{background:var(--code);border:1px solid var(--line);border-radius:8px;padding:.8rem 1rem;overflow-x:auto;\
    line-height:1.6;overflow-wrap:normal}
    .skip{position:absolute;left:1rem;top:-4rem;background:var(--card);padding:.6rem 1rem;z-index:1;border-radius:0 0 8px 8px}
    .skip:focus{top:0}
    .hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
    header.site,main,footer.site{max-width:70rem;margin:0 auto;padding:0 1.25rem}
    header.site{display:flex;justify-content:space-between;align-items:center;gap:1rem;padding-top:1.1rem;padding-bottom:1.1rem}
    .brand{display:inline-flex;align-items:center;gap:.5rem;color:var(--ink);font-weight:650;text-decoration:none;font-size:1.1rem}
    .brand .mark{width:1.6rem;height:1.6rem;color:var(--accent)}
    header nav{display:flex;gap:1.25rem;font-size:.95rem}
    footer.site{border-top:1px solid var(--line);margin-top:4rem;padding-top:1.5rem;padding-bottom:3rem;color:var(--soft);font-size:.9rem}
    main>section{margin-top:4rem}
    main>section:first-child{margin-top:1.5rem}
    .intro{color:var(--soft);max-width:44rem;margin-top:.5rem}
    p,li,dd,figcaption{text-wrap:pretty}
    section>h2+*{margin-top:.5rem}
    .cards,section>table,figure,.columns,.stack{margin-top:1.5rem}
    .eyebrow{color:var(--soft);font-size:.9rem}
    .lede{font-size:1.2rem;max-width:42rem;margin-top:1.25rem}
    .accounts{display:flex;flex-wrap:wrap;gap:.5rem;margin-top:1rem}
    .accounts li{background:var(--card);border:1px solid var(--line);border-radius:1.1rem;padding:.25rem .9rem;font-size:.95rem}
    .platform,.accounts .proved,.headline .context,.view,.meaning,dt,.intro,.rate,caption{color:var(--soft)}
    .accounts .proved::before{content:"✓ ";color:var(--accent)}
    .accounts .proved{margin-left:.45rem;white-space:nowrap}
    .headline{display:grid;grid-template-columns:repeat(auto-fit,minmax(14rem,1fr));gap:1.5rem 2.5rem;margin-top:2rem}
    .headline li{border-top:3px solid var(--fill);padding-top:.7rem}
    .headline strong{font-size:2.6rem;display:block}
    .headline .unit{font-weight:600;display:block}
    .headline .context{font-size:.95rem}
    .reading{display:flex;flex-wrap:wrap;gap:1rem 2.5rem;margin-top:2rem;padding-top:1.1rem;border-top:1px solid var(--line)}
    dt{font-size:.82rem}
    .reading dd,.facts dd{font-variant-numeric:tabular-nums}
    .cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,26rem),1fr));gap:1.1rem}
    .cards.thin{grid-template-columns:repeat(auto-fit,minmax(min(100%,19rem),1fr));margin-top:1.1rem}
    .card{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:1.25rem 1.35rem;display:flex;flex-direction:column;gap:.7rem}
    .card.unknown{background:none;border-style:dashed;border-width:1.5px;gap:.45rem}
    .card.unknown .meaning{margin-top:-.3rem}
    .meaning{font-size:.92rem;margin-top:-.5rem}
    .count strong{font-size:2.1rem}
    .state{font-weight:650}
    .level p,.views p{font-size:.92rem}
    .line{display:grid;grid-template-columns:6.2rem minmax(0,1fr)}
    .range{color:var(--soft)}
    .views{display:flex;flex-direction:column;gap:.7rem}
    .bar{display:block;width:100%;max-width:32rem;height:auto;margin-top:.3rem}
    .bar .track{stroke:var(--line);stroke-width:2;fill:none}
    .bar .band{fill:var(--band)}
    .bar .whisker{stroke:var(--fill);stroke-width:2;fill:none}
    .bar .mark{fill:var(--accent);stroke:var(--card);stroke-width:1.5}
    .facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(6.6rem,1fr));gap:.5rem .6rem;border-top:1px solid var(--line);padding-top:.7rem;font-size:.9rem}
    .rate,.proof{font-size:.9rem}
    .rate strong{color:var(--ink)}
    .proof{margin-top:auto}
    details{font-size:.92rem}
    summary{cursor:pointer;color:var(--accent);padding:.15rem 0}
    details ul{margin:.4rem 0 0 1.1rem;list-style:disc}
    figure+details,.wide{margin-top:1.25rem}
    .timeline{display:block;width:100%;max-width:54rem;height:auto;overflow:visible}
    .timeline text{font-size:13px;fill:var(--soft)}
    .timeline .name{fill:var(--ink);font-weight:600}
    .timeline .peak{text-anchor:end}
    .timeline .axis path{stroke:var(--line);stroke-dasharray:2 4}
    .timeline .base{stroke:var(--soft);stroke-width:1}
    .timeline .bars{fill:var(--fill)}
    .timeline .read{stroke:var(--soft);stroke-width:4}
    .timeline .cut{stroke-dasharray:6 4}
    figcaption{color:var(--soft);font-size:.9rem;max-width:44rem;margin-top:.8rem}
    @media (min-width:62rem){figure{display:grid;grid-template-columns:minmax(0,1fr) 13rem;gap:2.5rem;align-items:end}figcaption{margin:0}}
    table{border-collapse:collapse;width:100%;font-size:.93rem}
    caption{text-align:left;padding-bottom:.5rem;font-size:.9rem}
    th,td{text-align:left;padding:.6rem .8rem .6rem 0;border-bottom:1px solid var(--line);vertical-align:top;font-weight:400}
    thead th{font-size:.82rem;color:var(--soft);white-space:nowrap}
    tbody th{font-weight:600}
    td{font-variant-numeric:tabular-nums}
    td small,th small{display:block;font-weight:400}
    tr:target{background:var(--warnbg)}
    .evidence td:first-child{white-space:nowrap}
    .evidence td{min-width:5.5rem;overflow-wrap:break-word}
    .evidence td:nth-child(3){min-width:11.5rem;overflow-wrap:anywhere}
    .evidence td:nth-child(6){overflow-wrap:anywhere}
    .no{color:var(--warn)}
    .scroll{overflow-x:auto;max-height:30rem;overflow-y:auto}
    .numbers{width:auto}
    .numbers td,.numbers thead th+th{text-align:right;padding-left:1rem}
    .share{display:flex;align-items:center;gap:.6rem}
    .share svg{width:7rem;height:.6rem;flex:none}
    .share .track{fill:var(--line)}
    .share .fill{fill:var(--fill)}
    .columns{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,22rem),1fr));gap:1.5rem 2.5rem}
    .columns>*{min-width:0}
    .steps{counter-reset:step;display:grid;gap:1.25rem}
    .steps>li{counter-increment:step;padding-left:2.6rem;position:relative;min-width:0}
    .steps>li::before{content:counter(step);position:absolute;left:0;top:.1rem;width:1.7rem;height:1.7rem;line-height:1.6rem;\
    text-align:center;border:1.5px solid var(--accent);color:var(--accent);border-radius:50%;font-size:.9rem;font-weight:600}
    .steps>li>*+*{margin-top:.55rem}
    .button{display:inline-block;background:var(--accent);color:var(--bg);padding:.5rem 1.1rem;border-radius:8px;text-decoration:none;font-weight:600}
    .button:hover{text-decoration:underline}
    .meaning-box{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:1.25rem 1.35rem}
    .meaning-box h3+ul{margin-top:.4rem}
    .meaning-box ul+h3{margin-top:1.1rem}
    .proves li{padding-left:1.5rem;position:relative;margin-top:.35rem}
    .proves li::before{content:"✓";position:absolute;left:0;color:var(--accent);font-weight:700}
    .proves.not li::before{content:"✕";color:var(--warn)}
    .digests{display:grid;grid-template-columns:max-content 1fr;gap:.4rem 1.25rem;margin-top:.6rem;align-items:baseline}
    .plain{padding:4rem 0}
    .plain p{margin-top:1rem}
    .intro+div{margin-top:1.5rem}
    .journey{display:grid;grid-template-columns:minmax(0,19rem) minmax(0,1fr);gap:1rem 2.5rem;padding:2rem 0;border-top:1px solid var(--line)}
    .journey h3{font-size:1.3rem}
    .journey p{margin-top:.5rem;color:var(--soft)}
    .journey pre+pre{margin-top:.7rem}
    @media (max-width:46rem){
    main>section{margin-top:3rem}
    .journey{grid-template-columns:minmax(0,1fr)}
    .timeline text{font-size:23px}
    .line{grid-template-columns:5.6rem minmax(0,1fr)}
    .level p,.views p{font-size:.88rem}
    .reading{display:grid;grid-template-columns:1fr 1fr}
    .stack thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
    .stack,.stack tbody,.stack tr,.stack td,.stack th{display:block}
    .stack tr{border-bottom:1px solid var(--line);padding:.8rem 0}
    .stack td,.stack th{border:0;padding:.15rem 0}
    .stack td{display:grid;grid-template-columns:7rem 1fr}
    .stack td::before{content:attr(data-label);color:var(--soft);font-size:.85rem}
    .digests{grid-template-columns:1fr}
    .digests dd+dt{margin-top:.4rem}
    }
    @media (max-width:62rem){
    .evidence thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
    .evidence,.evidence tbody,.evidence td{display:block}
    .evidence td{border:0;padding:.1rem 0}
    .evidence tr{display:grid;border-bottom:1px solid var(--line);padding:.8rem 0;grid-template-columns:minmax(0,1fr) max-content;gap:.1rem 1rem}
    .evidence td:nth-child(1){order:2;text-align:right;color:var(--soft)}
    .evidence td:nth-child(2){order:1;font-weight:600}
    .evidence td:nth-child(3){order:3;min-width:0}
    .evidence td:nth-child(7){order:4;text-align:right}
    .evidence td:nth-child(4){order:5;grid-column:1/-1}
    .evidence td:nth-child(5),.evidence td:nth-child(6){order:6;grid-column:1/-1}
    .evidence td:nth-child(5) small,.evidence td:nth-child(6) small{display:inline}
    }
    @media (forced-colors:active){.bars,.band,.fill{fill:CanvasText}.bar .mark{fill:Highlight}}
    @media print{
    :root{--bg:#fff;--card:#fff;--ink:#000;--soft:#444;--line:#bbb;--accent:#000;--fill:#555;--band:#ddd;--code:#fff}
    body{font-size:10pt}
    header nav,.skip,.button{display:none}
    .card,.evidence tr,.meaning-box,figure{break-inside:avoid}
    main>section{margin-top:1.5rem}
    .scroll{max-height:none}
    .evidence td a[href^=http]::after{content:" " attr(href);font-size:.8em;color:var(--soft)}
    }
    @media (prefers-reduced-motion:no-preference){html{scroll-behavior:smooth}}

    """
