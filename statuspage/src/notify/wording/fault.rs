//! What the monitor says of itself: what is wrong, whether anything is lost, and that it is over.
//!
//! It does not know channels.

mod location;

use jiff::tz::TimeZone;
use shared::{Language, Timestamp};

use super::{Voice, upstream, watch, who};
use crate::notify::{Fault, Kind};

/// What is wrong, as messages tell it.
pub fn fault_in_words(fault: &Fault, language: Language, time_zone: TimeZone) -> String {
    let site = String::new();
    Voice { language, time_zone, site, public_url: None, key: None }.found(fault)
}

impl Voice {
    /// The text of a message about a fault.
    pub(super) fn fault(&self, fault: &Fault, kind: &Kind, now: Timestamp) -> String {
        match kind {
            // Nobody closes a fault: it is over when it is.
            Kind::Down { .. } | Kind::Grown { .. } | Kind::Overdue { .. } | Kind::Closed { .. } => self.found(fault),
            Kind::Reminder { .. } => match self.language {
                Language::En => format!("still: {}", self.found(fault)),
                Language::Fr => format!("toujours\u{a0}: {}", self.found(fault)),
            },
            Kind::Acknowledged { at, by, .. } => {
                let (who, at, found) = (who(by, self.language), self.clock(*at, now), self.found(fault));
                match self.language {
                    Language::En => format!("{who} takes care of it since {at}: {found}"),
                    Language::Fr => format!("{who} s'en occupe depuis {at}\u{a0}: {found}"),
                }
            }
            Kind::Noticed { until, times, .. } => self.noticed(fault, *until, *times, now),
            Kind::Recovered { since, until } => {
                let (length, until) = (self.length(until.since(*since)), self.clock(*until, now));
                let Lasting { over, was } = Lasting::of(fault, self.language);
                let of = of(fault);
                match self.language {
                    Language::En => format!("{of}{over} since {until}; {was} for {length}"),
                    Language::Fr => format!("{of}{over} depuis {until}\u{a0}; {was} pendant {length}"),
                }
            }
            Kind::WasDown { since, until, times, total, .. } => {
                let (from, to, total) = (self.clock(*since, now), self.clock(*until, now), self.length(*total));
                let Lasting { was, .. } = Lasting::of(fault, self.language);
                let was = format!("{}{was}", of(fault));
                match (self.language, *times) {
                    (Language::En, 0 | 1) => format!("{was} for {total}, {from} to {to}; that is over"),
                    (Language::En, times) => {
                        format!("{was} {times} times, {total} in all, {from} to {to}; that is over")
                    }
                    (Language::Fr, 0 | 1) => {
                        format!("{was} pendant {total}, de {from} à {to}\u{a0}; c'est terminé")
                    }
                    (Language::Fr, times) => {
                        format!("{was} {times} fois, {total} en tout, de {from} à {to}\u{a0}; c'est terminé")
                    }
                }
            }
        }
    }

    fn found(&self, fault: &Fault) -> String {
        match self.language {
            Language::En => found_en(self, fault),
            Language::Fr => found_fr(self, fault),
        }
    }

    /// The date in the site's zone.
    fn day(&self, at: Timestamp) -> String {
        let zoned =
            jiff::Timestamp::from_millisecond(at.as_millis()).unwrap_or_default().to_zoned(self.time_zone.clone());
        zoned.strftime("%Y-%m-%d").to_string()
    }

    fn noticed(&self, fault: &Fault, last: Timestamp, times: u32, now: Timestamp) -> String {
        let found = self.found(fault);
        match (self.language, times) {
            (_, 0 | 1) => found,
            (Language::En, times) => format!("{found} (found {times} times, last at {})", self.clock(last, now)),
            (Language::Fr, times) => {
                format!("{found} (constaté {times} fois, la dernière à {})", self.clock(last, now))
            }
        }
    }
}

fn found_en(voice: &Voice, fault: &Fault) -> String {
    let size = |bytes: u64| size(bytes, Language::En);
    let files = |count: u64| if count == 1 { "1 file".to_owned() } else { format!("{count} files") };
    let places = |count: u64| if count == 1 { "1 place".to_owned() } else { format!("{count} places") };
    match fault {
        Fault::LowSpace { free, reserve } => {
            let (free, reserve) = (size(*free), size(*reserve));
            format!("the disk is nearly full: {free} free, {reserve} wanted; nothing is lost yet")
        }
        Fault::NoSpace { free, reserve } => {
            let (free, reserve) = (size(*free), size(*reserve));
            format!("the disk is full: {free} free, {reserve} needed; results wait in memory, alarms go on")
        }
        Fault::Failing { reason } => format!("the database fails: {reason}; results wait in memory, alarms go on"),
        Fault::SetAside { reason, kept } => {
            format!("the database was damaged and set aside as {kept}: {reason}; a new one was started")
        }
        Fault::Gone { place } => format!("the database in {place} is gone; a new one was started"),
        Fault::CorruptRows { rows: 1 } => "1 damaged row of the database was set aside; the rest is served".to_owned(),
        Fault::CorruptRows { rows } => {
            format!("{rows} damaged rows of the database were set aside; the rest is served")
        }
        Fault::Dropped { observations } => format!("results were lost: {observations}; the store could not keep up"),
        Fault::RestoredFrom { backup } => format!(
            "the data come from the backup {backup}; what came later is missing, and what had been told before is not told again"
        ),
        Fault::DamagedFiles { files: count, first } => {
            format!("the history is damaged in {}, first {first}; the rest is served", places(*count))
        }
        Fault::MissingFiles { files: count, first } => {
            format!("{} of the history missing, first {first}; the rest is served", files(*count))
        }
        Fault::NotSealed { reason } => {
            format!("results stay in the database instead of the history's files: {reason}; nothing is lost yet")
        }
        Fault::LostWrites { writes } => {
            let lost = match writes {
                0 => "some results or changes, and nobody can say how many".to_owned(),
                1 => "the newest results and changes, of its last write".to_owned(),
                writes => format!("the newest results and changes, of up to {writes} writes"),
            };
            format!("the database was damaged and lost {lost}; the rest is served")
        }
        Fault::Watch(fault) => watch::found(fault, Language::En),
        Fault::HubSilent { hub, since, trouble } => upstream::silent(voice, hub, *since, trouble, Language::En),
        Fault::MailFailing { waiting, reason } => {
            let letters = if *waiting == 1 { "1 letter waits".to_owned() } else { format!("{waiting} letters wait") };
            format!("mail to subscribers does not leave: {reason}; {letters}, nothing is lost yet")
        }
        Fault::FormClosed { letters } => format!(
            "nobody can subscribe for the moment: {letters} letters were asked for within an hour, perhaps to flood mailboxes; \
             the form opens again by itself"
        ),
        Fault::Location { location, trouble } => location::found_en(voice, location, trouble),
        Fault::ChannelFailing { channel, reason } => {
            format!("the channel {channel} takes no messages: {reason}; other channels are told")
        }
        Fault::ChannelUnproven { channel, proven_at: None } => {
            format!("nothing has ever proven that the channel {channel} works: try statuspage channel test {channel}")
        }
        Fault::ChannelUnproven { channel, proven_at: Some(at) } => {
            let at = voice.day(*at);
            format!(
                "nothing has proven that the channel {channel} works since {at}: try statuspage channel test {channel}"
            )
        }
        Fault::LowCredit { channel, left, limit } => {
            format!("the channel {channel} has few credits left: {left}, wanted at least {limit}; buy some")
        }
        Fault::DrillUnanswered { channel, since } => {
            let since = voice.day(*since);
            format!("nobody has answered the drills of the channel {channel} since {since}: does anybody read it?")
        }
    }
}

fn found_fr(voice: &Voice, fault: &Fault) -> String {
    let size = |bytes: u64| size(bytes, Language::Fr);
    let plural = |count: u64| if count == 1 { "" } else { "s" };
    match fault {
        Fault::LowSpace { free, reserve } => {
            let (free, reserve) = (size(*free), size(*reserve));
            format!(
                "le disque est presque plein\u{a0}: {free} libres, {reserve} voulus\u{a0}; rien n'est perdu pour l'instant"
            )
        }
        Fault::NoSpace { free, reserve } => {
            let (free, reserve) = (size(*free), size(*reserve));
            format!(
                "le disque est plein\u{a0}: {free} libres, {reserve} nécessaires\u{a0}; les mesures attendent en mémoire, les alertes continuent"
            )
        }
        Fault::Failing { reason } => format!(
            "la base de données échoue\u{a0}: {reason}\u{a0}; les mesures attendent en mémoire, les alertes continuent"
        ),
        Fault::SetAside { reason, kept } => {
            format!(
                "la base de données, endommagée, est mise de côté sous {kept}\u{a0}: {reason}\u{a0}; une nouvelle commence"
            )
        }
        Fault::Gone { place } => format!("la base de données de {place} a disparu\u{a0}; une nouvelle commence"),
        Fault::CorruptRows { rows: 1 } => {
            "1 ligne endommagée de la base est mise de côté\u{a0}; le reste est servi".to_owned()
        }
        Fault::CorruptRows { rows } => {
            format!("{rows} lignes endommagées de la base sont mises de côté\u{a0}; le reste est servi")
        }
        Fault::Dropped { observations } => {
            format!("mesures perdues\u{a0}: {observations}\u{a0}; le stockage ne suivait pas")
        }
        Fault::RestoredFrom { backup } => {
            format!(
                "les données viennent de la sauvegarde {backup}\u{a0}; ce qui a suivi manque, et ce qui avait été annoncé ne l'est pas de nouveau"
            )
        }
        Fault::DamagedFiles { files: count, first } => {
            let s = plural(*count);
            format!("l'historique est endommagé à {count} endroit{s}, d'abord {first}\u{a0}; le reste est servi")
        }
        Fault::MissingFiles { files: count, first } => {
            let s = plural(*count);
            format!("{count} fichier{s} de l'historique manquant{s}, d'abord {first}\u{a0}; le reste est servi")
        }
        Fault::NotSealed { reason } => format!(
            "les mesures restent dans la base au lieu des fichiers de l'historique\u{a0}: {reason}\u{a0}; rien n'est perdu pour l'instant"
        ),
        Fault::LostWrites { writes } => {
            let lost = match writes {
                0 => "des mesures ou des changements, on ne sait combien".to_owned(),
                1 => "les mesures et changements les plus récents, de sa dernière écriture".to_owned(),
                writes => format!("les mesures et changements les plus récents, d'au plus {writes} écritures"),
            };
            format!("la base de données, endommagée, a perdu {lost}\u{a0}; le reste est servi")
        }
        Fault::Watch(fault) => watch::found(fault, Language::Fr),
        Fault::HubSilent { hub, since, trouble } => upstream::silent(voice, hub, *since, trouble, Language::Fr),
        Fault::MailFailing { waiting, reason } => {
            let letters =
                if *waiting <= 1 { format!("{waiting} lettre attend") } else { format!("{waiting} lettres attendent") };
            format!(
                "le courrier aux abonnés ne part plus\u{a0}: {reason}\u{a0}; {letters}, rien n'est perdu pour l'instant"
            )
        }
        Fault::FormClosed { letters } => format!(
            "personne ne peut s'abonner pour le moment\u{a0}: {letters} lettres demandées en une heure, peut-être pour inonder des \
             boîtes\u{a0}; le formulaire rouvre de lui-même"
        ),
        Fault::Location { location, trouble } => location::found_fr(voice, location, trouble),
        Fault::ChannelFailing { channel, reason } => {
            format!(
                "le canal {channel} ne prend plus de messages\u{a0}: {reason}\u{a0}; les autres canaux sont prévenus"
            )
        }
        Fault::ChannelUnproven { channel, proven_at: None } => {
            format!(
                "rien n'a jamais prouvé que le canal {channel} fonctionne\u{a0}: essayez statuspage channel test {channel}"
            )
        }
        Fault::ChannelUnproven { channel, proven_at: Some(at) } => {
            let at = voice.day(*at);
            format!(
                "rien ne prouve que le canal {channel} fonctionne depuis le {at}\u{a0}: essayez statuspage channel test {channel}"
            )
        }
        Fault::LowCredit { channel, left, limit } => {
            format!(
                "le canal {channel} n'a presque plus de crédits\u{a0}: {left}, au moins {limit} voulus\u{a0}; rachetez-en"
            )
        }
        Fault::DrillUnanswered { channel, since } => {
            let since = voice.day(*since);
            format!(
                "personne n'a répondu aux exercices du canal {channel} depuis le {since}\u{a0}: quelqu'un le lit-il\u{a0}?"
            )
        }
    }
}

/// What has it, where several can: `phone: `.
fn of(fault: &Fault) -> String {
    fault.of().map(|of| format!("{of}: ")).unwrap_or_default()
}

/// What has no end, should it be told of one.
pub(super) const NO_END: [&str; 4] =
    ["all is well again", "there was a fault", "tout est rentré dans l'ordre", "il y a eu un défaut"];

/// A fault that lasts, in a language.
struct Lasting {
    /// That it is over.
    over: String,
    /// What it was, to be followed by how long.
    was: String,
}

impl Lasting {
    fn of(fault: &Fault, language: Language) -> Self {
        let [over_en, was_en, over_fr, was_fr] = match fault {
            Fault::Location { location, trouble } => {
                let [over, was] = location::lasting(location, trouble, language);
                return Self { over, was };
            }
            Fault::Watch(found) => watch::lasting(found),
            Fault::LowSpace { .. } => [
                "the disk has room again",
                "the disk was nearly full",
                "le disque a de nouveau de la place",
                "le disque a été presque plein",
            ],
            Fault::NoSpace { .. } => [
                "the disk can be written again",
                "the disk was full",
                "le disque est de nouveau utilisable",
                "le disque a été plein",
            ],
            Fault::Failing { .. } => [
                "the database works again",
                "the database failed",
                "la base de données fonctionne de nouveau",
                "la base de données a échoué",
            ],
            Fault::HubSilent { .. } => upstream::LASTING,
            Fault::MailFailing { .. } => [
                "mail to subscribers leaves again",
                "mail to subscribers did not leave",
                "le courrier aux abonnés part de nouveau",
                "le courrier aux abonnés n'a pas pu partir",
            ],
            Fault::FormClosed { .. } => [
                "everybody can subscribe again",
                "the form to subscribe was closed",
                "chacun peut de nouveau s'abonner",
                "le formulaire d'abonnement a été fermé",
            ],
            Fault::ChannelFailing { .. } => [
                "the channel takes messages again",
                "the channel took no messages",
                "le canal prend de nouveau les messages",
                "le canal n'a pas pris de messages",
            ],
            Fault::ChannelUnproven { .. } => [
                "the channel is proven to work again",
                "nothing proved that the channel works",
                "il est de nouveau prouvé que le canal fonctionne",
                "rien n'a prouvé que le canal fonctionne",
            ],
            Fault::LowCredit { .. } => [
                "the channel has enough credits again",
                "the channel had few credits left",
                "le canal a de nouveau assez de crédits",
                "le canal n'avait presque plus de crédits",
            ],
            Fault::DrillUnanswered { .. } => [
                "the drills of the channel are answered again",
                "nobody answered the drills of the channel",
                "les exercices du canal ont de nouveau une réponse",
                "personne n'a répondu aux exercices du canal",
            ],
            Fault::SetAside { .. }
            | Fault::Gone { .. }
            | Fault::CorruptRows { .. }
            | Fault::Dropped { .. }
            | Fault::RestoredFrom { .. }
            | Fault::DamagedFiles { .. }
            | Fault::MissingFiles { .. }
            | Fault::NotSealed { .. }
            | Fault::LostWrites { .. } => NO_END,
        };
        match language {
            Language::En => Self { over: over_en.to_owned(), was: was_en.to_owned() },
            Language::Fr => Self { over: over_fr.to_owned(), was: was_fr.to_owned() },
        }
    }
}

/// `812 MB`, `1.5 GB`: decimal units, as disks are sold, rounded down.
pub(super) fn size(bytes: u64, language: Language) -> String {
    let (unit, per) = match bytes {
        0..1_000 => ("", 1),
        1_000..1_000_000 => ("k", 1_000),
        1_000_000..1_000_000_000 => ("M", 1_000_000),
        1_000_000_000..1_000_000_000_000 => ("G", 1_000_000_000),
        _ => ("T", 1_000_000_000_000),
    };
    let (whole, tenth) = (bytes / per, bytes % per * 10 / per);
    let (point, byte) = match language {
        Language::En => ('.', "B"),
        Language::Fr => (',', "o"),
    };
    if whole < 10 && tenth > 0 {
        format!("{whole}{point}{tenth} {unit}{byte}")
    } else {
        format!("{whole} {unit}{byte}")
    }
}
