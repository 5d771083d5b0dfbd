//! What this hub says in public, for outposts that repeat it: a function of the snapshot, in the words of pages.
//!
//! It does not know who fetches it.

mod fit;

#[cfg(test)]
mod tests;

use shared::{
    Language,
    bulletin::{
        BULLETIN_FORMAT, Bulletin, BulletinComponent, BulletinIncident, BulletinMaintenance, BulletinUpdate, MOST_TOLD,
        MOST_UPDATES, Phrase,
    },
};

use crate::{
    incident::{self, Incident, Update},
    maintenance::{self, Maintenance},
    snapshot::Snapshot,
    words::{Words, inert},
};

/// What `/bulletin.json` answers: no more than outposts read.
pub fn bulletin(snapshot: &Snapshot) -> Bulletin {
    let speaker =
        Speaker { snapshot, words: snapshot.site.languages.iter().map(|one| speak(*one, snapshot)).collect() };
    let near = snapshot.maintenances.iter().rev().filter(|work| work.is_near(snapshot.generated_at));
    fit::fitting(Bulletin {
        format: BULLETIN_FORMAT.to_owned(),
        generated_at: snapshot.generated_at,
        title: speaker.say(|words| inert(snapshot.site.title.get(words.language()))),
        address: snapshot.site.public_url.as_ref().map(ToString::to_string),
        status: snapshot.status,
        headline: speaker.say(|words| words.headline(snapshot)),
        components: speaker.components(),
        incidents: snapshot.open_incidents().take(MOST_TOLD).map(|incident| speaker.incident(incident)).collect(),
        maintenances: near.take(MOST_TOLD).map(|work| speaker.maintenance(work)).collect(),
    })
}

fn speak(language: Language, snapshot: &Snapshot) -> Words {
    Words::new(language, snapshot.site.time_zone.clone())
}

/// Says everything in each language of the page.
struct Speaker<'a> {
    snapshot: &'a Snapshot,
    words: Vec<Words>,
}

impl Speaker<'_> {
    fn say(&self, say: impl Fn(&Words) -> String) -> Phrase {
        let languages: Vec<Language> = self.words.iter().map(Words::language).collect();
        let of = |language| self.words.iter().find(|words| words.language() == language);
        Phrase::of(&languages, |language| of(language).map(&say).unwrap_or_default())
    }

    fn components(&self) -> Vec<BulletinComponent> {
        let components = self.snapshot.components.iter().map(|component| BulletinComponent {
            id: component.id.clone(),
            name: self.say(|words| inert(component.name.get(words.language()))),
            status: component.status,
            since: component.since,
        });
        components.collect()
    }

    fn incident(&self, incident: &Incident) -> BulletinIncident {
        let said = incident.updates.iter().rev().take(MOST_UPDATES);
        BulletinIncident {
            id: incident.id.clone(),
            title: self.say(|words| incident::wording::title(incident, words)),
            stage: incident.stage,
            impact: incident.impact,
            started_at: incident.times.started_at,
            updates: said.map(|update| self.update(incident, update)).collect(),
        }
    }

    fn update(&self, incident: &Incident, update: &Update) -> BulletinUpdate {
        let text = self.say(|words| incident::wording::text(incident, update, words));
        BulletinUpdate { at: update.at, stage: update.stage, text }
    }

    fn maintenance(&self, work: &Maintenance) -> BulletinMaintenance {
        let components = self.snapshot.components.iter();
        let covered = components.filter(|component| work.scope.covers(&component.id, component.group.as_ref()));
        BulletinMaintenance {
            id: work.id.clone(),
            title: self.say(|words| maintenance::wording::title(work, words)),
            stage: work.stage,
            starts_at: work.starts_at,
            ends_at: work.ends_at,
            components: covered.map(|component| component.id.clone()).collect(),
        }
    }
}
