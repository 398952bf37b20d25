// The documents that the server sends and takes, by the names of HOUSE's glossary. They come from
// the OpenAPI schema; a JSON column, which the schema calls unknown, gets its shape here.
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** A document of the schema with its JSON columns as objects rather than unknown. */
export type Shaped<T> = unknown extends T
  ? JsonObject
  : T extends (infer Row)[]
    ? Shaped<Row>[]
    : T extends object
      ? { [Name in keyof T]: Shaped<T[Name]> }
      : T;

export interface Page<Row> {
  results: Row[];
  /** Address of the next page, or null at the end. */
  next: string | null;
}

export type Session = Schemas["Session"];
export type SignedInUser = Schemas["SignedInUser"];
export type User = Schemas["User"];
export type Role = Schemas["MemberRole"];
export type ApiToken = Schemas["Token"];
export type AuditEvent = Shaped<Schemas["AuditEvent"]>;

export type TaskTypeName = Schemas["TaskTypeEnum"];
export type ProjectState = Schemas["ProjectState"];
export type TaskStatus = Schemas["TaskStatus"];
export type TaskArm = Schemas["TaskArm"];

export interface Label {
  name: string;
  title?: string;
  description?: string;
  color?: string;
  hotkey?: string;
  group?: string;
  retired?: boolean;
}

/** The label schema of a single choice. */
export interface ChoiceDocument {
  labels: Label[];
}

export type Progress = Schemas["Progress"];
/** Fields with defaults are optional in requests alone. */
export type Project = Required<Shaped<Schemas["ProjectDocument"]>>;
export type NewProject = Schemas["NewProjectRequest"];
export type ProjectChanges = Schemas["PatchedProjectChangesRequest"];
export type Tile = Schemas["Tile"];
export type ConfirmedGrid = Schemas["ConfirmAnswer"];
export type PairsRequest = Schemas["PairsRequestRequest"];
export type PairsReport = Schemas["PairsAnswer"];
export type Member = Schemas["MemberDocument"];

export type LeasedItem = Shaped<Schemas["LeasedItem"]>;
export type LeasedTask = Shaped<Schemas["LeasedTask"]>;
export type LeaseBatch = Shaped<Schemas["OfferAnswer"]>;

/** What a model version, or the source of an import, proposes for an item. */
export type Prelabel = Shaped<Schemas["Prelabel"]>;

export type SubmittedAnnotation = Shaped<Schemas["AnnotationAnswer"]>;
export type HistoryRow = Shaped<Schemas["HistoryEntry"]>;

export type Consensus = Shaped<Schemas["ConsensusDocument"]>;
export type TaskScore = Schemas["ScoreDocument"];
export type Vote = Shaped<Schemas["VoteDocument"]>;
export type Task = Shaped<Schemas["ListedTask"]>;
export type TaskWithVotes = Shaped<Schemas["TaskWithVotes"]>;

export type JobState = Schemas["JobState"];
export type Job = Shaped<Schemas["Job"]>;
export type Run = Shaped<Schemas["RunDocument"]>;
export type RunDetail = Shaped<Schemas["RunDetail"]>;
export type RunEvent = Shaped<Schemas["RunEventDocument"]>;
export type ModelVersion = Schemas["VersionDocument"];
export type Export = Shaped<Schemas["Export"]>;
export type ExportPreview = Shaped<Schemas["ExportPreview"]>;
export type ExportFormat = Shaped<Schemas["ExportFormat"]>;
export type ExportFormatName = Schemas["FormatEnum"];

export type Dataset = Required<Schemas["DatasetDocument"]>;
export type DatasetDetail = Required<Schemas["DatasetDetail"]>;
export type NewDataset = Required<Schemas["DatasetDescriptionRequest"]>;
export type Item = Shaped<Schemas["ItemDocument"]>;
export type ItemDetail = Shaped<Schemas["ItemDetail"]>;

export type Report = Schemas["Report"];
export type CurvePoint = Schemas["CurvePoint"];
export type Status = Schemas["Status"];
export type StatusCheck = Schemas["Check"];

export type Release = Schemas["ReleaseRow"];
export type NewRelease = Schemas["NewReleaseRequest"];
export type ReleaseComparison = Schemas["ReleaseComparison"];
