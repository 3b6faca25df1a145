/** The stylesheet of the panels. */
export const panelStyle = `
.panel { border-top: 1px solid var(--line); margin: 0; padding: 0.375rem 0 }
.panel > summary { padding: 0.375rem 0 }
.panel .title { margin: 0.75rem 0 0.25rem; font-weight: 600; color: var(--soft) }
.timeline th { width: 6rem; border: 0; padding: 0.125rem 0.75rem 0.125rem 0; white-space: nowrap }
.timeline td { border: 0 !important; padding: 0.125rem 0 }
.timeline td.number { width: 6rem }
.timeline svg { display: block; width: 100%; height: 0.75rem; margin-top: 0.25rem; background: var(--ground); border-radius: 3px }
rect { fill: var(--link) } rect.queries { fill: var(--warn) } rect.render { fill: var(--hint) } rect.routing, rect.write { fill: var(--soft) }
.findings { margin: 0.25rem 0; padding: 0; list-style: none }
.findings li { margin: 0.5rem 0; padding: 0.5rem 0.75rem; border-left: 3px solid var(--warn); background: var(--card); overflow-wrap: anywhere }
td.sql { min-width: 16rem }
.plan { margin-top: 0.375rem; padding: 0.375rem 0.75rem; white-space: pre-wrap; overflow-wrap: anywhere }`;
