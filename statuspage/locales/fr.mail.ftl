### Les lettres aux abonnés. Espaces insécables : devant « : » et les unités (U+00A0), devant « ; ? ! » (U+202F).

mail-subject = [{ $site }] { $what }
mail-subject-incident = Incident : { $services } ({ $id })
mail-subject-incident-bare = Incident { $id }
mail-subject-maintenance = Maintenance : { $title } ({ $id })
mail-zoned = { $time }, { $sound ->
    [vowel] heure d’{ $place }
    [none] { $place }
   *[other] heure de { $place }
}
mail-lead-failing = { $state } : { $count ->
    [one] { $services } touché
   *[other] { $services } touchés
} depuis { $since }.
mail-lead-declared = Incident depuis { $since }.
mail-lead-watched = Tout fonctionne de nouveau, sous surveillance. Début de l’incident : { $since }.
mail-lead-closed = Clos par notre équipe { $time }. { $left }
mail-lead-resolved = Résolu { $time }. L’incident a duré { $span }.
mail-lead-announced = Maintenance prévue { $window }, { $zone }.
mail-lead-moved = Maintenance déplacée : désormais prévue { $window }, { $zone }.
mail-lead-begins = La maintenance commence. Fin prévue : { $end }.
mail-lead-ends = La maintenance est terminée depuis { $end }.
mail-lead-cancelled = La maintenance prévue { $window }, { $zone }, est annulée.
mail-zone = { $sound ->
    [vowel] heure d’{ $place }
    [none] { $place }
   *[other] heure de { $place }
}
mail-own = Parmi vos services
mail-others = Services touchés
mail-too = Touchés aussi
mail-concerned = Services concernés
mail-concerned-too = Concernés aussi
mail-part = { $name } : { $state } depuis { $since }
mail-part-recovered = { $name } : fonctionne de nouveau depuis { $since }
mail-and-others = { $count ->
    [one] et { $count } autre
   *[other] et { $count } autres
}
mail-page-incident = La page de l’incident, tenue à jour :
mail-page-maintenance = La page de la maintenance :
mail-why-all = Vous recevez ce message parce que cette adresse est abonnée à « { $site } », pour tous les services.
mail-why-own = Vous recevez ce message parce que cette adresse est abonnée à « { $site } », pour les services que vous avez choisis.
mail-why-asked = Vous recevez ce message parce que cette adresse a été saisie sur { $page }.
mail-why-managed = Vous recevez ce message parce que cette adresse, déjà abonnée, a été saisie sur { $page }. Si ce n’était pas vous, il n’y a rien à faire.
mail-leave = Ne plus rien recevoir :
mail-manage = Changer vos choix, voir ou emporter vos données :
mail-by = Responsable : { $identity }
mail-subject-confirm = Confirmez votre abonnement
mail-lead-confirm = Voulez-vous être prévenu des incidents et des maintenances de « { $site } » ?
mail-confirm-how = Si vous l’avez demandé, ouvrez cette page et confirmez d’un clic. Le lien vaut 24 heures.
mail-confirm-do = Confirmer l’abonnement :
mail-refuse-how = Si vous n’avez rien demandé, ne faites rien : la demande est oubliée au bout de 7 jours.
mail-refuse-do = Pour que cette adresse ne reçoive plus jamais un tel message :
mail-subject-manage = Gérez votre abonnement
mail-lead-manage = Voici le lien que vous avez demandé pour gérer votre abonnement à « { $site } ».
mail-manage-how = Il vaut 30 minutes. Qui l’ouvre peut changer l’abonnement : ne faites pas suivre ce message.
mail-manage-do = Gérer l’abonnement :
mail-subject-digest = Résumé du { $date }
mail-lead-digest = { $count ->
    [one] Une nouvelle depuis le dernier message.
   *[other] { $count } nouvelles depuis le dernier message.
}
mail-digest-pause = Elles sont réunies : vous recevez un message tous les quarts d’heure au plus.
mail-digest-day = Vous aviez déjà reçu six messages en un jour : tout ce qui a suivi est réuni ici.
mail-digest-times = Toutes les heures sont { $sound ->
    [vowel] celles d’{ $place }
    [none] en { $place }
   *[other] celles de { $place }
}.
mail-sent = Avis envoyés : { $sent } sur { $of }
mail-flows = Le dernier courriel a été accepté par un serveur de courrier { $at }.
mail-idle = Aucun n’a été envoyé depuis le démarrage de la surveillance, et aucun n’attend.
mail-waits = { $count ->
    [one] Un courriel attend
   *[other] { $count } courriels attendent
}.
