/** What the parts of the explorer hand to each other. Names are those of the tables' columns. */

import type * as rows from './rows.js'
import type {
  AuthorshipRow, CitationContextRow, CitationLabelRow, CitationRow, EvidenceRow, FlagFacet,
  ListFacet, LocalCitationRow, RepresentativeRow, Sort, TextReadingRow, WorkIdRow, WorkNoteRow,
  WorkRow
} from './rows.js'

/** What the page says of the hub that it shows; citehub/explorer writes it into the page. */
export interface Config {
  hub: string
  version: string
  title: string
  /** work_id of the canonical work. */
  canonical: string
  /** Citing works. */
  n: number
  tables: Record<string, { path: string; rows: number; bytes: number; hash: string }>
  /** That a source counts labels without saying which papers carry them; null where none does. */
  labels_note: string | null
  /** Who counted citations of the citing works, when, and of how many; null where none is known. */
  counts_note: string | null
  /** Colours of themes in their order, as CSS that follows the scheme of the page. */
  colours: string[]
  /** What the statuses of the texts that were read, or looked for, mean. */
  text_statuses: Record<string, string>
  /** Address of the folder that holds the files, relative to the page, with a slash at the end. */
  files: string
  /** Address of a script with the same files, for a page from disk; null for a hub too large. */
  inline: string | null
  /**
   * The release folder beside the page, for code, where the hub is none that citehub knows by
   * name; else null.
   */
  release: string | null
  /** Address of a paper's page, with `{}` for the paper's name; null where papers have none. */
  page: string | null
  /** Address of a theme's page, with `{}` for its id; missing where themes have none. */
  theme_page?: string
}

export type {
  CitationRow, EvidenceRow, FlagFacet, Kind, ListFacet, Sort, WorkRow
} from './rows.js'

// Of these rows the explorer reads some columns.
export type AuthorRow = Pick<
  AuthorshipRow, 'author_name' | 'is_collective' | 'family_name' | 'given_name' | 'name_suffix'
>
export type IdRow = Pick<WorkIdRow, 'scheme' | 'value'>
export type LabelRow = Pick<CitationLabelRow,
  'citing_work_id' | 'cited_work_id' | 'context_id' | 'scheme' | 'value' | 'subject' | 'raw_value' |
  'labeler' | 'labeler_kind' | 'source_id'
> & Partial<Pick<CitationLabelRow, 'is_shown'>>
export type ContextRow = Pick<CitationContextRow,
  'context_id' | 'text' | 'section' | 'section_number' | 'section_kind' | 'place' | 'position' |
  'mark' | 'group_size' | 'names_work' | 'gist' | 'source_id'
>
export type ReadingRow = Pick<TextReadingRow,
  'reading' | 'status' | 'form' | 'text_version' | 'note'
>
export type LocalRow = Pick<LocalCitationRow, 'cited_work_id' | 'source_id'>
export type NoteRow = Pick<WorkNoteRow, 'kind' | 'position' | 'text'>
export type RankRow = Pick<RepresentativeRow, 'method' | 'rank' | 'covers' | 'reason'>
export type ThemeRow = Omit<rows.ThemeRow, 'position'>

/** All that a release knows of one work, each list in the order of its table. */
export interface WorkRecord {
  /** 0 is the canonical work, then the citing works in hub order. */
  number: number
  work: WorkRow
  authors: AuthorRow[]
  ids: IdRow[]
  /** theme_id of each. */
  themes: string[]
  /** Its citations of works of this hub. */
  citations: CitationRow[]
  labels: LabelRow[]
  /** Passages in which it cites, in the order of the text. */
  contexts: ContextRow[]
  /** Its texts that were read, or looked for. */
  readings: ReadingRow[]
  /** Its citations of other citing works. */
  local: LocalRow[]
  representatives: RankRow[]
  notes: NoteRow[]
  evidence: EvidenceRow[]
}

/** What a list entry shows of a work. */
/** A passage for a line, and its labels where they were asked for. */
export interface Said {
  words: string
  kind: string
  where: string
  role: string[]
  polarity: string[]
  subject: string[]
  section: string[]
}

export interface Entry {
  number: number
  work_id: string
  title_plain: string
  authors: string[]
  publication_year: number | null
  publication_month: number | null
  venue: string | null
  primary_category: string | null
  finding: string | null
  finding_source: string | null
  /** Titles of its themes. */
  themes: string[]
  /** Labels as one text, as `Work.role` and `Work.polarity` have it; null where not labelled. */
  role: string | null
  polarity: string | null
  subject: string | null
  /** Its passages, in the order of the text. */
  why: Said[]
  /** What came of its texts, where no passage is known; null where nothing is said of them. */
  unread: string | null
  representatives: string[]
  ids: IdRow[]
  code_url: string | null
  model_url: string | null
  is_retracted: boolean | null
  citation_count: number | null
  citation_count_on: Date | null
}

export type Facet = ListFacet | FlagFacet | 'year'

/**
 * What works must meet; the same names as the parameters of `hub.select()`. Of a facet any of the
 * values; 'not known' is one where there are works without.
 */
export interface Conditions extends Record<ListFacet, string[]> {
  search: string
  /** First and last year. */
  year: [number, number] | null
  labelled: boolean | null
  shared_authors: boolean | null
  code: boolean | null
  /** A work_id, or ''. */
  related_to: string
  authors_of: string
  /** '' is relevance where there is a search, else hub order. */
  sort: Sort | ''
}

/** The whole state of the page, which is also its address. */
export interface State extends Conditions {
  /** work_id of the paper that is open, or ''. */
  open: string
  /** work_ids of the ticked papers. */
  picked: string[]
  compare: boolean
  picture: 'time' | GraphKind
  /** What the colours of dots stand for. */
  colour: 'theme' | 'year'
}

/** Pictures of works that belong together: by words, by authors, by citations of one another. */
export type GraphKind = 'map' | 'network' | 'citations'


/** A value of a facet, what people call it, and how many works the other conditions leave it. */
export interface Count { value: string; label: string; count: number }

/** A word of the search, as it was found: with a letter off where `typo`. */
export interface Term {
  word: string
  typo: boolean
  /** The words a letter off that citing works have, where `typo`. */
  instead: string[]
  /** Whether a citing work has it as a whole word. */
  isWord: boolean
}

/** The answer to conditions. */
export interface View {
  /** Numbers of the works, in order. */
  numbers: Int32Array
  /** Values of each facet, the most frequent first (years and themes in their own order). */
  counts: Record<Facet, Count[]>
  /** How many works the other conditions leave whose value of a flag is not known. */
  unknown: Record<FlagFacet, number>
  terms: Term[]
  /** Whether the search finds the canonical work, and no other. */
  isCanonical: boolean
  /** Works of the view by theme and year: theme_id or 'not known', year or null, count. */
  timeline: TimelineCount[]
  /** The same of the works that all conditions but those on theme and year leave. */
  timelineAll: TimelineCount[]
}

export interface TimelineCount { theme: string; year: number | null; count: number }

export interface Related { number: number; score: number; shared: string[] }

/** A work in a picture. */
export interface Point {
  number: number
  x: number
  y: number
  /** How many times the usual radius. */
  size: number
  title: string
  /** First author and year. */
  label: string
  /** Place of its first theme among all themes; -1 where not known. */
  theme: number
  year: number | null
  /** How many works cite it. */
  cited: number | null
}

/** A picture of works: where each stands, within 0 to 1 both ways, and which belong together. */
export interface Graph {
  points: Point[]
  /** Of citations, from the citing work to the cited one. */
  links: { source: number; target: number; weight: number; names: string[] }[]
  /** How many works were asked for. */
  asked: number
  /** How many of them would belong here too, but do not fit. */
  left: number
  /** How many of them belong to no other. */
  alone: number
}

export type ExportFormat = 'bibtex' | 'ris' | 'csl-json' | 'csv' | 'graphml' | 'apa'

/** What an export says of the hub. */
export interface HubFacts { hub: string; version: string; canonical: string }

/** What answers the page: in the page itself, or in a Worker. */
export interface Engine {
  themes: ThemeRow[]
  /** All years, in order. */
  years: number[]
  view(conditions: Conditions): Promise<View>
  entries(numbers: number[], withLabels?: boolean): Promise<Entry[]>
  record(number: number): Promise<WorkRecord>
  related(number: number, most: number): Promise<Related[]>
  /** Numbers of works by work_id; -1 where there is none. */
  numbersOf(workIds: string[]): Promise<number[]>
  exported(format: ExportFormat, numbers: number[]): Promise<Blob>
  graph(kind: GraphKind, numbers: number[]): Promise<Graph>
}
